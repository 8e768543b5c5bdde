"""The front page of Konfigurasjon, and who may do what."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from skranke.clinics.activation.queries import gone_for_patients
from skranke.clinics.models import Group, Role
from skranke.clinics.organisation.alerts import see
from skranke.clinics.organisation.queries import open_alerts
from skranke.clinics.permissions import HOLDERS, Holder, Permission
from skranke.clinics.rules import may
from skranke.clinics.words import role_name
from skranke.dialog.queries import unread_recipients
from skranke.kernel.actor import Actor
from skranke.web.clinic.settings.frame import address, settings_page, settings_view


@dataclass(frozen=True, slots=True)
class _Row:
    """A permission in words, and what a user, the thing's owner, an administrator and the operator may."""

    text: str
    answers: tuple[str, str, str, str]


@require_GET
@settings_view()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What can be set up, each with what it is for (ORG-12); an administrator also sees what must be known."""
    told = may(actor, Permission.CHANGE_SETTINGS)
    context = {
        "alerts": open_alerts() if told else [],
        "gone": gone_for_patients() if told else [],
        "unread": [(_recipient_text(row), count) for row, count in unread_recipients()] if told else [],
    }
    return settings_page(request, actor, "settings", "clinic/settings/index.html", context)


def _recipient_text(row: Group | Role) -> str:
    return role_name(row) if isinstance(row, Role) else row.name


@require_POST
@settings_view(Permission.CHANGE_SETTINGS)
def see_alert(request: HttpRequest, actor: Actor, alert_id: UUID) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """An administrator has seen what was told."""
    see(alert_id)
    return HttpResponseRedirect(address(request, "settings"))


@require_GET
@settings_view()
def access(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The permission matrix, as the program follows it."""
    rows = [_Row(text, _answers(permission)) for permission, text in _words().items()]
    return settings_page(request, actor, "settings-access", "clinic/settings/access.html", {"rows": rows})


def _answers(permission: Permission) -> tuple[str, str, str, str]:
    holders = HOLDERS[permission]
    everybody, owner = Holder.EVERYBODY in holders, Holder.OWNER in holders
    granted, admin = Holder.GRANTED in holders, Holder.ADMINISTRATOR in holders
    rest = _("hvis gitt") if granted else _("sine egne") if owner and not admin else ""
    return (
        _yes_or_no(yes=everybody, otherwise=rest),
        _yes_or_no(yes=everybody or (owner and admin), otherwise=rest),
        _yes_or_no(yes=everybody or admin, otherwise=rest),
        _yes_or_no(yes=Holder.OPERATOR in holders, otherwise=""),
    )


def _yes_or_no(*, yes: bool, otherwise: str) -> str:
    return _("ja") if yes else otherwise or _("nei")


def _words() -> dict[Permission, str]:
    return {
        Permission.READ_OWN_MAIL: _("Lese egen post og samtaler en deltar i"),
        Permission.READ_CLINIC_MAIL: _("Lese Klinikkens åpne og Klinikkens arkiv"),
        Permission.SET_RECEIVERS: _("Velge hvem som får meldingene fra helsenorge.no"),
        Permission.ACTIVATE: _("Slå på og av forbindelsen til helsenorge.no"),
        Permission.PRIVATE_TEMPLATE: _("Lage og endre private maler"),
        Permission.SHARED_TEMPLATE: _("Lage og endre felles maler"),
        Permission.COMMUNICATION_TYPES: _("Endre kommunikasjonstyper"),
        Permission.CREATE_TIMETYPE: _("Lage timetyper"),
        Permission.EDIT_TIMETYPE: _("Endre en timetype som har eier"),
        Permission.EDIT_PLAN: _("Endre arbeidsplanen i en timebok"),
        Permission.BOOK: _("Bestille, flytte og avlyse timer i alle timebøker"),
        Permission.SET_ABSENCE: _("Sette vikar og fravær"),
        Permission.CREATE_TARIFF: _("Lage egne takster"),
        Permission.EDIT_PATIENTS: _("Endre pasienter og kontakter"),
        Permission.MANAGE_STAFF: _("Legge til og endre ansatte, avdelinger og roller"),
        Permission.MANAGE_GROUPS: _("Legge til og endre grupper"),
        Permission.CHANGE_SETTINGS: _("Endre klinikkens innstillinger"),
        Permission.SEE_ACCOUNTING: _("Se klinikkens regnskap"),
        Permission.SEE_REPORTS: _("Se Rapporter"),
        Permission.PRESCRIBE: _("Åpne reseptvinduet og skrive ut resepter"),
    }
