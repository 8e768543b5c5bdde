"""The frame of Konfigurasjon: its menu beside each page, and the check of who may open it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from skranke.clinics.access import require
from skranke.clinics.permissions import Permission
from skranke.clinics.rules import may
from skranke.kernel.actor import Actor
from skranke.ui.shell import NavItem
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.session import View, clinic_view
from skranke.web.clinic.settings.registry import AREAS, PAGES, SettingsPage
from skranke.web.clinic.shell import shell

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class MenuArea:
    """A part of the menu, with its pages and what each is for."""

    text: str
    items: tuple[tuple[NavItem, str], ...]


def settings_view(permission: Permission | None = None) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """A clinic view that only who has the permission may open. Others are told so (403)."""

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def checked(request: HttpRequest, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if permission is not None:
                require(actor, permission)
            return view(request, actor, *args, **kwargs)

        return clinic_view(checked)

    return decorate


def settings_page(
    request: HttpRequest, actor: Actor, current: str, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Draw a page of Konfigurasjon. current: the route of the page in the menu that it belongs to."""
    frame = shell(request, actor, "settings")
    slug = slug_of(request)
    frame_context = {"shell": frame, "menu": menu(actor, slug, current), "slug": slug, "current": current}
    return render(request, template, frame_context | context, status=status)


def menu(actor: Actor, slug: str, current: str) -> list[MenuArea]:
    """What the actor may open, part by part."""
    found = []
    for area, text in AREAS.items():
        pages = [page for page in PAGES if page.area == area and _is_open(actor, page)]
        items = tuple(
            (NavItem(reverse(page.route, args=[slug]), str(page.text), current=page.route == current), str(page.about))
            for page in pages
        )
        if items:
            found.append(MenuArea(str(text), items))
    return found


def _is_open(actor: Actor, page: SettingsPage) -> bool:
    return page.permission is None or may(actor, page.permission)
