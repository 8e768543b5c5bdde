"""The frame of Konfigurasjon: its menu beside each page, and the check of who may open it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from skranke.clinics.access import require
from skranke.clinics.permissions import Permission
from skranke.clinics.rules import may
from skranke.kernel.actor import Actor
from skranke.kernel.errors import SkrankeError
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
    around = {
        "shell": frame,
        "menu": menu(actor, slug, current),
        "slug": slug,
        "current": current,
        "saved": "lagret" in request.GET and request.method == "GET",
    }
    return render(request, template, around | context, status=status)


def form_page(
    request: HttpRequest,
    actor: Actor,
    route: str,
    form: forms.Form,
    status: int,
    *,
    heading: str,
    submit: str = "",
    told: str = "",
    warning: str = "",
    removable: str = "",
    error: SkrankeError | None = None,
) -> HttpResponse:
    """A page with one form, that belongs to a page of the menu; with status 0 what was asked for is done.

    told: what the form means. warning: what is missing, and what follows. removable: the button that takes the thing
    away. error: why that was refused.
    """
    if not status:
        return to(request, route)
    context = {
        "form": form,
        "heading": heading,
        "submit": submit or _("Lagre"),
        "back": address(request, route),
        "told": told,
        "warning": warning,
        "removable": removable,
        "error": error,
    }
    return settings_page(request, actor, route, "clinic/settings/form.html", context, status=status)


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


def address(request: HttpRequest, route: str, *args: object) -> str:
    """A page of the clinic whose page this is."""
    return reverse(route, args=[slug_of(request), *args])


def to(request: HttpRequest, route: str, *args: object) -> HttpResponse:
    """On to a page, which says that it is saved."""
    return HttpResponseRedirect(f"{address(request, route, *args)}?lagret=ja")
