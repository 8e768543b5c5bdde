"""The own profile, and logging in to and out of groups and functions (ORG-15)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from skranke.clinics.access import get_employee_for
from skranke.clinics.models import Employee
from skranke.clinics.organisation import queries
from skranke.clinics.organisation.groups import set_function, sign_in, sign_out
from skranke.clinics.organisation.staff import change_own_profile
from skranke.clinics.words import function_text
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.web.clinic.settings.editing import posted, save
from skranke.web.clinic.settings.forms import ProfileForm
from skranke.web.clinic.settings.frame import address, settings_page, settings_view, to

ROUTE = "settings-me"
_IN = {"inn": True, "ut": False}


@require_http_methods(["GET", "POST"])
@settings_view()
def profile(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The name that is shown, the phone, the language, and where one is logged in."""
    own = _own(actor)
    names = ("version", "given_name", "family_name", "phone")
    form = ProfileForm(posted(request), initial={name: getattr(own, name) for name in names})
    status = 200
    if request.method == "POST":
        status = save(form, lambda facts: change_own_profile(own, **facts), lambda: _own(actor).version)
    if not status:
        return to(request, ROUTE)
    context = {
        "form": form,
        "groups": [(one, not queries.is_away(one, own)) for one in queries.groups() if queries.belongs(one, own)],
        "functions": [(one.value, function_text(one), on) for one, on in queries.functions_of(own)],
    }
    return settings_page(request, actor, ROUTE, "clinic/settings/me.html", context, status=status)


@require_POST
@settings_view()
def group(request: HttpRequest, actor: Actor, group_id: UUID, way: str) -> HttpResponse:
    """Log in to a group, or out of it."""
    (sign_in if _way(way) else sign_out)(_own(actor), group_id)
    return _back(request)


@require_POST
@settings_view()
def function(request: HttpRequest, actor: Actor, name: str, way: str) -> HttpResponse:
    """Log in to a function, or out of it."""
    set_function(_own(actor), name, on=_way(way))
    return _back(request)


def _way(way: str) -> bool:
    if way not in _IN:
        raise NotFoundError("There is no such way.")
    return _IN[way]


def _own(actor: Actor) -> Employee:
    if actor.person_id is None:
        raise NotFoundError("Only an employee has a profile.")
    return get_employee_for(actor, actor.person_id)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page one came from: the menu is on every page."""
    back = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = address(request, ROUTE)
    return HttpResponseRedirect(back)
