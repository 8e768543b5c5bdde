"""The frame around the pages of the clinic portal."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from skranke.clinics import queries as clinics
from skranke.clinics.models import Clinic, Employee
from skranke.clinics.organisation import queries as organisation
from skranke.clinics.permissions import Permission
from skranke.clinics.rules import may
from skranke.clinics.words import function_text, position_text
from skranke.dialog import queries as dialog
from skranke.dialog.access import employee_of
from skranke.dialog.models import DialogKind
from skranke.dialog.reporting import may_see_reports
from skranke.dialog.rules import startable
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.patients import queries as patients
from skranke.patients.access import get_patient_for, get_patients_for
from skranke.patients.models import Exemption, Patient
from skranke.patients.rules import Reach, Reachability, is_exempt
from skranke.tenancy.work import once
from skranke.ui.dates import format_date
from skranke.ui.environment import url_or_none
from skranke.ui.security import live_origin
from skranke.ui.shell import Action, ActivePatient, ClinicShell, ContextMenu, Live, NavItem, Toggle
from skranke.web.clinic.standing_in import stand_in_text
from skranke.web.sessions import STAFF, links

ACTIVE_PATIENT = "active_patient"
RECENT_PATIENTS = "recent_patients"
MOST_RECENT = 8
_COMPOSE_KEYS = {DialogKind.E_DIALOG: "Alt+D"}


def shell(request: HttpRequest, actor: Actor, current: str, *, unread: int | None = None) -> ClinicShell:
    """The frame for one page.

    current: "today", "post", "schedule", "patients", "reports" or "settings". unread: where the page has counted it.
    """
    clinic = clinics.this_clinic()
    slug = clinic.slug
    patient = active_patient(request, actor)
    return ClinicShell(
        clinic_name=clinic.name,
        person_name=actor.name,
        role_text=position_text(actor.role),
        home_url=reverse("today", args=[slug]),
        search_url=reverse("patient-search", args=[slug]),
        context=_context(actor, slug),
        logout_url=reverse("logout"),
        test_environment=clinic.is_test,
        nav=nav(actor, slug, current, dialog.unread() if unread is None else unread),
        patient=active_patient_bar(clinic, patient) if patient is not None else None,
        actions=_compose_actions(slug, integration=clinic.live_since is not None) if current == "post" else (),
        compose_url="" if current == "post" else f"{reverse('compose', args=[slug])}?type={DialogKind.E_DIALOG}",
        told_url=reverse("drafts-told", args=[slug]),
        live=Live(url=f"{live_origin(request)}/live", ticket_url=reverse("live-ticket", args=[slug])),
        session=links(STAFF),
    )


def alarms(actor: Actor) -> int:
    """How many things an administrator must know of; for everybody else none (RCV-12).

    The page and what it changes beside itself both show it: it is counted once a request.
    """
    if not may(actor, Permission.CHANGE_SETTINGS):
        return 0
    return once("alarms", lambda: len(organisation.open_alerts()) + len(dialog.unread_recipients()))


def _context(actor: Actor, slug: str) -> ContextMenu:
    """The menu at the top left (ORG-15)."""
    own = employee_of(actor)
    places = organisation.workplaces(own.id)
    clinics = [NavItem(reverse("post", args=[at]), name, current=at == slug) for at, name in places if len(places) > 1]
    return ContextMenu(
        profile_url=reverse("settings-me", args=[slug]),
        clinics=tuple(clinics),
        toggles=tuple(_toggles(own, slug)),
    )


def _toggles(own: Employee, slug: str) -> Iterator[Toggle]:
    for group in organisation.groups():
        if organisation.belongs(group, own):
            on = not organisation.is_away(group, own)
            yield Toggle(group.name, reverse("settings-my-group", args=[slug, group.id, "ut" if on else "inn"]), on)
    for function, on in organisation.functions_of(own):
        address = reverse("settings-my-function", args=[slug, function.value, "ut" if on else "inn"])
        yield Toggle(function_text(function), address, on)


def nav(actor: Actor, slug: str, current: str, unread: int) -> tuple[NavItem, ...]:
    """The rail; unread: threads that wait unread in the inbox."""
    places = (
        ("post", "post", _("Post"), "post", unread),
        ("schedule", "schedule", _("Timebok"), "cal", 0),
        ("patients", "patient-search", _("Pasienter"), "people", 0),
        *((("reports", "reports", _("Rapporter"), "chart", 0),) if may_see_reports(actor) else ()),
        ("settings", "settings", _("Konfigurasjon"), "cog", alarms(actor)),
    )
    shortcuts = {"settings": "Alt+,"}
    return tuple(
        NavItem(
            url=url,
            text=text,
            symbol=symbol,
            current=current == name,
            count=count,
            count_text=_("må ses på") if name == "settings" else _("uleste"),
            hot=name == "settings",
            shortcut=shortcuts.get(name, ""),
        )
        for name, route, text, symbol, count in places
        if (url := url_or_none(route, slug))
    )


def _compose_actions(slug: str, *, integration: bool) -> tuple[Action, ...]:
    """What can be written to a patient, top right in Post (CMP-1); a new e-dialog also by a key (CMP-12)."""
    compose = reverse("compose", args=[slug])
    return tuple(
        Action(
            url=f"{compose}?type={kind}", text=_compose_text(kind), symbol="plus", shortcut=_COMPOSE_KEYS.get(kind, "")
        )
        for kind in startable(integration=integration)
    )


def _compose_text(kind: DialogKind) -> str:
    return {
        DialogKind.E_CONTACT: _("e-Kontakt"),
        DialogKind.E_CONSULTATION: _("eKonsultasjon – helsenorge.no"),
    }.get(kind, _("E-dialog"))


def _patient_actions(clinic: Clinic, patient: Patient) -> Iterator[Action]:
    """What can be written to the active patient, on every page and beside the search (CMP-1)."""
    symbols = {DialogKind.E_CONTACT: "chat", DialogKind.E_CONSULTATION: "stetho"}
    texts = {DialogKind.E_CONTACT: _("e-Kontakt"), DialogKind.E_CONSULTATION: _("eKonsultasjon")}
    compose = reverse("compose", args=[clinic.slug])
    for kind in startable(integration=clinic.live_since is not None):
        address = f"{compose}?type={kind}&pasient={patient.id}"
        yield Action(url=address, text=texts.get(kind, _("E-dialog")), symbol=symbols.get(kind, "post"))


def active_patient_id(request: HttpRequest) -> UUID | None:
    """The patient this person works with just now (PAT-2), or None."""
    text = request.session.get(ACTIVE_PATIENT)
    return UUID(text) if text else None


def active_patient(request: HttpRequest, actor: Actor) -> Patient | None:
    """The active patient's row; forgotten when it is no longer to be had."""
    patient_id = active_patient_id(request)
    if patient_id is None:
        return None
    try:
        return get_patient_for(actor, patient_id)
    except NotFoundError:
        del request.session[ACTIVE_PATIENT]
        return None


def remember_patient(request: HttpRequest, patient: Patient) -> None:
    """Make a patient the active one, and the first of those looked for last (PAT-1, PAT-2)."""
    request.session[ACTIVE_PATIENT] = str(patient.id)
    others = [one for one in request.session.get(RECENT_PATIENTS, []) if one != str(patient.id)]
    request.session[RECENT_PATIENTS] = [str(patient.id), *others][:MOST_RECENT]


def recent_patients(request: HttpRequest, actor: Actor) -> list[Patient]:
    """The patients this person chose last, newest first."""
    return get_patients_for(actor, [UUID(text) for text in request.session.get(RECENT_PATIENTS, [])])


REACH_MOODS = {Reach.REACHABLE: "ok", Reach.NOT_REACHABLE: "bad", Reach.UNKNOWN: "warn"}


def reach_text(reach: Reachability) -> str:
    """What is said of a patient and HelseNorge (PAT-4)."""
    return {
        Reach.REACHABLE: _("Kan nås på helsenorge.no"),
        Reach.NOT_REACHABLE: _("Kan ikke nås på helsenorge.no"),
        Reach.UNKNOWN: _("Ukjent om pasienten kan nås på helsenorge.no"),
    }[reach.state]


@dataclass(frozen=True, slots=True)
class ExemptionLine:
    """What is said of a patient's exemption card: a short text, its mood, and who told it when."""

    text: str
    mood: str
    told: str


def exemption_line(patient: Patient) -> ExemptionLine:
    """Status and last day of the card, with its source and age (PAT-7)."""
    told = ""
    if patient.exemption_at is not None:
        facts = {"source": patient.get_exemption_source_display(), "name": patient.exemption_by}
        facts["when"] = format_date(patient.exemption_at)
        told = _("oppgitt %(when)s av %(source)s (%(name)s)") % facts
    if patient.exemption == Exemption.YES and patient.exemption_until is not None:
        day = {"day": format_date(patient.exemption_until)}
        if is_exempt(patient, clock.today()):
            return ExemptionLine(_("Frikort til %(day)s") % day, "ok", told)
        return ExemptionLine(_("Frikort utløpt %(day)s") % day, "warn", told)
    if patient.exemption == Exemption.NO:
        return ExemptionLine(_("Ikke frikort"), "info", told)
    return ExemptionLine(_("Frikort ikke kjent"), "warn", told)


def _gp_text(patient: Patient) -> str:
    """The GP's name, and who stands in for the GP today (ABS-12)."""
    if patient.gp is None:
        return ""
    return ", ".join(one for one in (patient.gp.name, stand_in_text(patient.gp_id)) if one)


def active_patient_bar(clinic: Clinic, patient: Patient) -> ActivePatient:
    """The bar that keeps the active patient in sight, with what can be done for the patient."""
    reach, slug, exemption = patients.reachability(patient), clinic.slug, exemption_line(patient)
    return ActivePatient(
        name=patient.name,
        born=patient.birth_date,
        national_id=patient.national_id,
        url=reverse("patient", args=[slug, patient.id]),
        gp_name=_gp_text(patient),
        phone=patient.phone,
        email=patient.email,
        exemption_text=exemption.text,
        exemption_state=exemption.mood,
        exemption_told=exemption.told,
        reach_text=reach_text(reach),
        reach_state=REACH_MOODS[reach.state],
        reach_url="" if reach.known else reverse("patient-reach", args=[slug, patient.id]),
        close_url=reverse("patient-close", args=[slug]),
        actions=(
            *_patient_actions(clinic, patient),
            Action(url=f"{url_or_none('schedule', slug)}?pasient={patient.id}", text=_("Ny time"), symbol="cal"),
            Action(
                url=f"{reverse('invoice-new', args=[slug])}?pasient={patient.id}",
                text=_("Regningskort"),
                symbol="journal",
                shortcut="Alt+B",
            ),
            Action(
                url=reverse("patient", args=[slug, patient.id]), text=_("Pasientkort"), symbol="card", shortcut="Alt+P"
            ),
        ),
    )
