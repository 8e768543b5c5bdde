"""Every route: the rightful actor gets it; the stranger gets what an unknown id gets, and the marker nowhere."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from random import randrange
from uuid import uuid4

import pytest

from skranke.audit.models import AuditEvent
from skranke.clinics.absences.receiving import Wanted, set_period
from skranke.clinics.choices import ReceiverFormat
from skranke.clinics.models import Employee
from skranke.clinics.organisation.values import WHOLE_CLINIC
from skranke.dialog.models import Message
from skranke.dialog.services import mark_delivery
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.scheduling.services import create_type
from skranke.tenancy.work import acting
from skranke.web.api.app import api as described

from cast import Cast, make_clinic
from support.api import Answer, Api
from support.dialog import E_CONTACT, PDF, RENEWAL, file, question, receive
from support.timebok import make_timebok, weekday_at
from support.walls import WALLS, standing

MARKER = "Helt-eget-kjennetegn"


@dataclass(frozen=True)
class World:
    book: object
    thread: object
    ids: dict[str, str] = field(default_factory=dict)


def _world() -> World:
    book = make_timebok()
    cast = book.cast
    attachments = (file(PDF + MARKER.encode(), f"{MARKER}.pdf"),)
    thread = receive(cast, question(cast, kind=E_CONTACT, subject=MARKER, text=MARKER))
    consultation = receive(cast, question(cast, subject=MARKER, text=MARKER, attachments=attachments))
    slots = [book.slot(weekday_at(hour)) for hour in (9, 10, 11)]
    kari = Api(cast, cast.kari)
    message = kari.get(f"threads/{consultation.id}").body["messages"][0]
    entry = kari.get("journal", patient=cast.ola.id).body["items"][0]
    task = receive(cast, question(cast, kind=E_CONTACT, subject=MARKER, text=MARKER))
    renewal = receive(cast, question(cast, kind=RENEWAL, subject=MARKER, text=MARKER))
    kari.put(f"threads/{task.id}/handling", {"task": {"text": MARKER}})
    kari.post(f"threads/{thread.id}/participants", {"employee_id": str(cast.mona.id)})
    kari.post(f"threads/{thread.id}/take")
    sent = kari.post(f"threads/{consultation.id}/messages", {"text": MARKER}).body
    template = kari.post("templates", {"title": MARKER, "subject": MARKER, "text": MARKER}).body
    begun = {"kind": "e_dialog", "patient_id": str(cast.ola.id), "subject": MARKER, "text": MARKER}
    draft = kari.post("drafts", begun).body
    made = kari.post("appointments", {"slot_id": str(slots[0].id), "patient_id": str(cast.ola.id), "comment": MARKER})
    with acting(cast.system):
        unused = create_type(name=MARKER, minutes=5)
        wanted = Wanted(
            kinds=(RENEWAL,),
            gp_id=cast.kari.id,
            format=ReceiverFormat.FIXED,
            recipients=(WHOLE_CLINIC,),
            starts_at=None,
            ends_at=None,
        )
        (period,) = set_period(wanted)
        mark_delivery(
            Message.objects.get(id=sent["id"]).msg_id, "failed", clock.now(), MARKER, "transport:internal-error"
        )
        OutboxItem.objects.filter(subject_id__in=[sent["id"], made.body["id"]]).update(state="failed")
    return World(
        book,
        thread,
        {
            "thread": str(thread.id),
            "renewal": str(renewal.id),
            "task": str(task.id),
            "consultation": str(consultation.id),
            "undelivered": sent["id"],
            "attachment": message["attachments"][0]["id"],
            "template": template["id"],
            "draft": draft["id"],
            "entry_attachment": entry["attachments"][0]["id"],
            "patient": str(cast.ola.id),
            "slot": str(slots[1].id),
            "schedule": str(book.schedule.id),
            "type": str(unused.id),
            "period": str(period.id),
            "employee": str(cast.kari.id),
            "appointment": made.body["id"],
            "etag": made.headers["ETag"],
        },
    )


def _some_minute() -> dict[str, object]:
    """A period that no other asks for: strangers share a clinic."""
    first = clock.now() + timedelta(days=1 + randrange(9_999))
    span = {"starts_at": first.isoformat(), "ends_at": (first + timedelta(minutes=1)).isoformat()}
    return {"kinds": ["e_contact"], "format": "fixed", "recipients": [{}], **span}


def _set_type(api: Api, ids: dict[str, str], kind: str) -> Answer:
    recipients = [{"employee_id": ids["employee"]}]
    wanted = {"active": True, "senders": "all", "format": "people", "recipients": recipients}
    return api.put(f"communication-types/{kind}", wanted, **{"If-Match": "*"})


Recipe = Callable[[Api, dict[str, str]], Answer]
# One for each route that names a thing; the id in it is what the stranger guesses.
RECIPES: dict[str, tuple[str, Recipe]] = {
    "GET /threads/{thread_id}": ("thread", lambda api, ids: api.get(f"threads/{ids['thread']}")),
    "POST /threads/{thread_id}/journal": ("thread", lambda api, ids: api.post(f"threads/{ids['thread']}/journal")),
    "POST /threads/{thread_id}/convert": ("thread", lambda api, ids: api.post(f"threads/{ids['thread']}/convert")),
    "POST /threads/{thread_id}/take": ("thread", lambda api, ids: api.post(f"threads/{ids['thread']}/take")),
    "POST /threads/{thread_id}/forward": ("thread", lambda api, ids: api.post(f"threads/{ids['thread']}/forward", {})),
    "POST /threads/{thread_id}/messages": (
        "thread",
        lambda api, ids: api.post(f"threads/{ids['thread']}/messages", {"text": MARKER}),
    ),
    "POST /threads/{thread_id}/messages/{message_id}/resend": (
        "undelivered",
        lambda api, ids: api.post(f"threads/{ids['consultation']}/messages/{ids['undelivered']}/resend"),
    ),
    "POST /threads/{thread_id}/close": ("thread", lambda api, ids: api.post(f"threads/{ids['thread']}/close")),
    "POST /threads/{thread_id}/complete": ("task", lambda api, ids: api.post(f"threads/{ids['task']}/complete")),
    "PUT /threads/{thread_id}/handling": (
        "thread",
        lambda api, ids: api.put(f"threads/{ids['thread']}/handling", {"task": {"text": MARKER}}),
    ),
    "PUT /threads/{thread_id}/items": (
        "renewal",
        lambda api, ids: api.put(f"threads/{ids['renewal']}/items", {"items": [MARKER, "Ibux"]}),
    ),
    "POST /threads/{thread_id}/participants": (
        "thread",
        lambda api, ids: api.post(f"threads/{ids['thread']}/participants", {}),
    ),
    "POST /threads/{thread_id}/participants/remove": (
        "thread",
        lambda api, ids: api.post(f"threads/{ids['thread']}/participants/remove", {}),
    ),
    "GET /attachments/{attachment_id}": ("attachment", lambda api, ids: api.get(f"attachments/{ids['attachment']}")),
    "GET /journal": ("patient", lambda api, ids: api.get("journal", patient=ids["patient"])),
    "GET /journal/attachments/{attachment_id}": (
        "entry_attachment",
        lambda api, ids: api.get(f"journal/attachments/{ids['entry_attachment']}"),
    ),
    "GET /patients/{patient_id}": ("patient", lambda api, ids: api.get(f"patients/{ids['patient']}")),
    "POST /patients/{patient_id}/prescriptions": (
        "patient",
        lambda api, ids: api.post(
            f"patients/{ids['patient']}/prescriptions", {"name": MARKER, "issued_at": "2026-01-02T10:00:00+01:00"}
        ),
    ),
    "GET /patients/{patient_id}/reachability": (
        "patient",
        lambda api, ids: api.get(f"patients/{ids['patient']}/reachability"),
    ),
    "GET /patients/{patient_id}/address": (
        "patient",
        lambda api, ids: api.get(f"patients/{ids['patient']}/address"),
    ),
    "GET /patients/{patient_id}/exemption-card": (
        "patient",
        lambda api, ids: api.get(f"patients/{ids['patient']}/exemption-card"),
    ),
    "PUT /patients/{patient_id}/exemption-card": (
        "patient",
        lambda api, ids: api.put(f"patients/{ids['patient']}/exemption-card", {"state": "no"}),
    ),
    "POST /threads": (
        "patient",
        lambda api, ids: api.post(
            "threads", {"patient_id": ids["patient"], "kind": "e_contact", "subject": "Hei", "text": MARKER}
        ),
    ),
    "GET /appointments/{appointment_id}": (
        "appointment",
        lambda api, ids: api.get(f"appointments/{ids['appointment']}"),
    ),
    "PATCH /appointments/{appointment_id}": (
        "appointment",
        lambda api, ids: api.patch(
            f"appointments/{ids['appointment']}", {"end": weekday_at(9, 40).isoformat()}, **{"If-Match": ids["etag"]}
        ),
    ),
    "POST /appointments": (
        "slot",
        lambda api, ids: api.post("appointments", {"slot_id": ids["slot"], "patient_id": ids["patient"]}),
    ),
    "POST /appointments/{appointment_id}/cancel": (
        "appointment",
        lambda api, ids: api.post(f"appointments/{ids['appointment']}/cancel", {}),
    ),
    "POST /cancellations": (
        "appointment",
        lambda api, ids: api.post("cancellations", {"appointments": [{"id": str(ids["appointment"])}]}),
    ),
    "PUT /cancellations/{appointment_id}/handled": (
        "appointment",
        lambda api, ids: (
            api.post(f"appointments/{ids['appointment']}/cancel", {})
            and api.put(f"cancellations/{ids['appointment']}/handled", {"handled": True})
        ),
    ),
    "GET /appointments/{appointment_id}/told": (
        "appointment",
        lambda api, ids: api.get(f"appointments/{ids['appointment']}/told"),
    ),
    "POST /appointments/{appointment_id}/resend": (
        "appointment",
        lambda api, ids: api.post(f"appointments/{ids['appointment']}/resend"),
    ),
    "POST /schedules": (
        "employee",
        lambda api, ids: api.post(
            "schedules", {"owner": {"kind": "employee", "id": ids["employee"]}, "public_name": MARKER}
        ),
    ),
    "PATCH /schedules/{schedule_id}": (
        "schedule",
        lambda api, ids: api.patch(f"schedules/{ids['schedule']}", {"online": False}, **{"If-Match": "*"}),
    ),
    "POST /schedules/{schedule_id}/copies": (
        "schedule",
        lambda api, ids: (
            # A GP's own is not copied.
            api.patch(f"schedules/{ids['schedule']}", {"owner": {"kind": "clinic"}}, **{"If-Match": "*"}),
            api.post(f"schedules/{ids['schedule']}/copies", {"name": MARKER, "role": "lab", "number": 1}),
        )[1],
    ),
    "PUT /receivers/{kind}": (
        "employee",
        lambda api, ids: api.put(
            "receivers/e_contact",
            {"format": "fixed", "recipients": [{"employee_id": ids["employee"]}]},
            **{"If-Match": "*"},
        ),
    ),
    "DELETE /receiver-periods/{period_id}": (
        "period",
        lambda api, ids: api.delete(f"receiver-periods/{ids['period']}"),
    ),
    "PUT /communication-types/{kind}": ("employee", lambda api, ids: _set_type(api, ids, "e_dialog")),
    "DELETE /communication-types/{kind}": (
        "employee",
        lambda api, ids: (
            _set_type(api, ids, "invoice_question"),
            api.delete("communication-types/invoice_question", **{"If-Match": "*"}),
        )[1],
    ),
}
RECIPES |= {
    "POST /drafts": (
        "patient",
        lambda api, ids: api.post("drafts", {"kind": "e_dialog", "patient_id": ids["patient"], "text": MARKER}),
    ),
    "GET /drafts/{draft_id}": ("draft", lambda api, ids: api.get(f"drafts/{ids['draft']}")),
    "PUT /drafts/{draft_id}": (
        "draft",
        lambda api, ids: api.put(f"drafts/{ids['draft']}", {"kind": "e_dialog", "text": MARKER}, **{"If-Match": "*"}),
    ),
    "DELETE /drafts/{draft_id}": ("draft", lambda api, ids: api.delete(f"drafts/{ids['draft']}")),
    "POST /drafts/{draft_id}/send": ("draft", lambda api, ids: api.post(f"drafts/{ids['draft']}/send")),
}
RECIPES |= {
    "GET /templates/{template_id}": ("template", lambda api, ids: api.get(f"templates/{ids['template']}")),
    "PUT /templates/{template_id}": (
        "template",
        lambda api, ids: api.put(f"templates/{ids['template']}", {"title": MARKER}, **{"If-Match": "*"}),
    ),
    "DELETE /templates/{template_id}": ("template", lambda api, ids: api.delete(f"templates/{ids['template']}")),
    "POST /templates/{template_id}/use": (
        "template",
        lambda api, ids: api.post(f"templates/{ids['template']}/use", {"kind": "e_contact"}),
    ),
    "PUT /appointment-types/{type_id}/automatic-dialog": (
        "type",
        lambda api, ids: api.put(f"appointment-types/{ids['type']}/automatic-dialog", {"template_id": None}),
    ),
}
RECIPES |= {
    "GET /appointment-types/{type_id}": ("type", lambda api, ids: api.get(f"appointment-types/{ids['type']}")),
    "PATCH /appointment-types/{type_id}": (
        "type",
        lambda api, ids: api.patch(f"appointment-types/{ids['type']}", {"minutes": 10}, **{"If-Match": "*"}),
    ),
    "DELETE /appointment-types/{type_id}": (
        "type",
        lambda api, ids: api.delete(f"appointment-types/{ids['type']}", **{"If-Match": "*"}),
    ),
}
# Settings: an administrator's, and about no patient.
SETTINGS = {
    "GET /communication-types",
    "PUT /communication-types/{kind}",
    "DELETE /communication-types/{kind}",
    "GET /messages",
    "GET /reports/messages",
    "POST /schedules",
    "GET /booking-limits",
    "PATCH /booking-limits",
    "PATCH /schedules/{schedule_id}",
    "POST /schedules/{schedule_id}/copies",
    "GET /receivers",
    "PUT /receivers/{kind}",
    "GET /receiver-periods",
    "POST /receiver-periods",
    "DELETE /receiver-periods/{period_id}",
    "PUT /appointment-types/{type_id}/automatic-dialog",
}
# Routes that name no thing: the stranger gets an answer, with nothing of ours in it.
LISTS: dict[str, Recipe] = {
    "GET /threads": lambda api, ids: api.get("threads", mailbox="aapne"),
    "GET /messages": lambda api, ids: api.get("messages"),
    "GET /reports/messages": lambda api, ids: api.get("reports/messages"),
    "GET /drafts": lambda api, ids: api.get("drafts"),
    "GET /patients": lambda api, ids: api.get("patients", q="Ola"),
    "GET /schedules": lambda api, ids: api.get("schedules"),
    "GET /communication-types": lambda api, ids: api.get("communication-types"),
    "GET /appointment-types": lambda api, ids: api.get("appointment-types"),
    "POST /appointment-types": lambda api, ids: api.post("appointment-types", {"name": "Ny", "minutes": 10}),
    "GET /booking-limits": lambda api, ids: api.get("booking-limits"),
    "PATCH /booking-limits": lambda api, ids: api.patch("booking-limits", {"days_ahead": 90}, **{"If-Match": "*"}),
    "GET /receivers": lambda api, ids: api.get("receivers"),
    "GET /receiver-periods": lambda api, ids: api.get("receiver-periods"),
    "POST /receiver-periods": lambda api, ids: api.post("receiver-periods", _some_minute()),
    "GET /templates": lambda api, ids: api.get("templates"),
    "POST /templates": lambda api, ids: api.post("templates", {"title": str(uuid4())}),
    "GET /slots": lambda api, ids: api.get(
        "slots", **{"from": weekday_at(8).isoformat(), "to": weekday_at(16).isoformat()}
    ),
    "GET /appointments": lambda api, ids: api.get("appointments"),
    "GET /cancellations": lambda api, ids: (
        api.post(f"appointments/{ids['appointment']}/cancel", {}) and api.get("cancellations")
    ),
    "POST /attachments": lambda api, ids: api.upload(PDF, "egen.pdf"),
}


# What the rightful person leaves in the audit log: a row about the patient, or, of a list, a row about the list.
WRITES: dict[str, str] = {
    "GET /threads": "thread.listed",
    "POST /threads": "thread.started",
    "POST /drafts": "draft.kept",
    "DELETE /drafts/{draft_id}": "draft.discarded",
    "POST /drafts/{draft_id}/send": "thread.started",
    "GET /threads/{thread_id}": "thread.read",
    "POST /threads/{thread_id}/convert": "thread.turned",
    "POST /threads/{thread_id}/journal": "journal.recorded",
    "POST /threads/{thread_id}/take": "thread.taken",
    "POST /threads/{thread_id}/forward": "thread.forwarded",
    "POST /threads/{thread_id}/messages": "thread.answered",
    "POST /threads/{thread_id}/messages/{message_id}/resend": "message.resent",
    "POST /threads/{thread_id}/close": "thread.closed",
    "POST /threads/{thread_id}/complete": "thread.task_completed",
    "PUT /threads/{thread_id}/handling": "thread.handling_changed",
    "PUT /threads/{thread_id}/items": "thread.items_changed",
    "POST /threads/{thread_id}/participants": "thread.participants_changed",
    "POST /threads/{thread_id}/participants/remove": "thread.participants_changed",
    "POST /attachments": "attachment.stored",
    "GET /attachments/{attachment_id}": "attachment.read",
    "GET /journal": "journal.read",
    "GET /journal/attachments/{attachment_id}": "journal.read",
    "GET /messages": "message.listed",
    "GET /reports/messages": "report.read",
    "GET /patients": "patient.searched",
    "GET /patients/{patient_id}": "patient.read",
    "POST /patients/{patient_id}/prescriptions": "prescription.issued",
    "GET /patients/{patient_id}/reachability": "patient.read",
    "GET /patients/{patient_id}/address": "patient.read",
    "GET /patients/{patient_id}/exemption-card": "patient.read",
    "PUT /patients/{patient_id}/exemption-card": "patient.changed",
    "GET /appointments": "appointment.listed",
    "POST /appointments": "appointment.booked",
    "GET /appointments/{appointment_id}": "appointment.read",
    "PATCH /appointments/{appointment_id}": "appointment.moved",
    "POST /appointments/{appointment_id}/cancel": "appointment.cancelled",
    "POST /cancellations": "appointment.cancelled",
    "GET /cancellations": "appointment.listed",
    "PUT /cancellations/{appointment_id}/handled": "appointment.cancellation_handled",
    "GET /appointments/{appointment_id}/told": "appointment.read",
    "POST /appointments/{appointment_id}/resend": "message.resent",
    "POST /schedules": "schedule.created",
    "PATCH /schedules/{schedule_id}": "schedule.changed",
    "POST /schedules/{schedule_id}/copies": "schedule.created",
    "POST /appointment-types": "appointment_type.created",
    "PATCH /appointment-types/{type_id}": "appointment_type.changed",
    "DELETE /appointment-types/{type_id}": "appointment_type.removed",
    "PATCH /booking-limits": "schedule.limits_changed",
    "PUT /receivers/{kind}": "receivers.changed",
    "POST /receiver-periods": "receivers.period_set",
    "DELETE /receiver-periods/{period_id}": "receivers.period_ended",
    "PUT /communication-types/{kind}": "communication_type.changed",
    "DELETE /communication-types/{kind}": "communication_type.deleted",
    "PUT /appointment-types/{type_id}/automatic-dialog": "appointment_type.dialog_set",
    "POST /templates": "message_template.changed",
    "PUT /templates/{template_id}": "message_template.changed",
    "DELETE /templates/{template_id}": "message_template.removed",
    "POST /templates/{template_id}/use": "message_template.used",
}
NO_PATIENT_IN_IT = {
    "GET /appointment-types", "GET /appointment-types/{type_id}", "GET /booking-limits",
    "GET /communication-types", "GET /receivers", "GET /receiver-periods", "GET /schedules", "GET /slots",
    "GET /templates", "GET /templates/{template_id}", "GET /drafts", "GET /drafts/{draft_id}", "PUT /drafts/{draft_id}",
}  # fmt: skip
ABOUT_NO_PATIENT = {*SETTINGS, *(route for route in RECIPES if "/templates" in route or "/appointment-types" in route)}


def test_every_route_has_a_recipe() -> None:
    routes = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in described.get_openapi_schema()["paths"].items()
        for method in methods
    }
    assert routes == set(RECIPES) | set(LISTS) == set(WRITES) | NO_PATIENT_IN_IT


@cache
def _shared() -> tuple[World, Cast]:
    """One world for all strangers, who change nothing in it, and their own clinic."""
    return _world(), make_clinic()


@pytest.fixture(params=WALLS)
def walls(request, database):
    _shared()
    with standing(request.param, database) as left:
        yield left


@pytest.mark.req("NFR-1", "NFR-2")
@pytest.mark.parametrize("route", [*RECIPES, *LISTS])
def test_the_rightful_person_gets_it_and_it_is_in_the_log(route: str) -> None:
    recipe = LISTS[route] if route in LISTS else RECIPES[route][1]
    world = _world()
    cast = world.book.cast
    before = _rows(cast, route)
    ours = recipe(Api(cast, _rightful(cast, route)), world.ids)
    assert ours.status in {200, 201, 204}, ours.body
    assert _rows(cast, route) > before or route in NO_PATIENT_IN_IT


def _rows(cast: Cast, route: str) -> int:
    whose = {} if route in {*LISTS, *ABOUT_NO_PATIENT} else {"patient_id": cast.ola.id}
    actor = _rightful(cast, route)
    with acting(cast.system):
        return AuditEvent.objects.filter(action=WRITES.get(route, ""), actor_id=actor.id, **whose).count()


def _rightful(cast: Cast, route: str) -> Employee:
    return cast.ali if route in SETTINGS else cast.kari


@pytest.mark.req("NFR-2")
@pytest.mark.parametrize("route", RECIPES)
def test_a_stranger_gets_what_an_unknown_id_gets(route: str, walls: str) -> None:
    named, recipe = RECIPES[route]
    world, stranger = _shared()
    theirs, unknown = Api(stranger, stranger.kari), {**world.ids, named: str(uuid4())}
    refused, absent = recipe(theirs, world.ids), recipe(theirs, unknown)
    assert refused.status == absent.status == 404
    assert {**refused.body, "request_id": ""} == {**absent.body, "request_id": ""}
    assert MARKER.encode() not in refused.content


@pytest.mark.req("NFR-2")
@pytest.mark.parametrize("route", LISTS)
def test_a_stranger_s_lists_hold_nothing_of_ours(route: str, walls: str) -> None:
    world, stranger = _shared()
    answer = LISTS[route](Api(stranger, _rightful(stranger, route)), world.ids)
    assert answer.status in {200, 201}
    for text in (MARKER, *world.ids.values()):
        assert text.encode() not in answer.content or text == world.ids["etag"]


@pytest.mark.parametrize("token", ["", "not-a-token"])
def test_without_a_token_there_is_nothing(token: str) -> None:
    cast = make_clinic()
    refused = Api(cast, cast.kari, token=token).get("threads")
    assert (refused.status, refused.body["code"], refused.headers["WWW-Authenticate"]) == (
        401,
        "unauthenticated",
        "Bearer",
    )


def test_a_token_for_reading_cannot_write() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    reader = Api(cast, cast.kari, "read")
    assert reader.get(f"threads/{thread.id}").status == 200
    assert reader.post(f"threads/{thread.id}/take").status == 403


@pytest.mark.req("MSG-13", "NFR-2")
def test_a_colleague_outside_the_thread_gets_what_an_unknown_id_gets() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    mona = Api(cast, cast.mona)
    refused, absent = mona.get(f"threads/{thread.id}"), mona.get(f"threads/{uuid4()}")
    assert refused.status == absent.status == 404
    assert {**refused.body, "request_id": ""} == {**absent.body, "request_id": ""}
