"""The clinic portal: opened by Kari, the patient's GP and an administrator."""

from uuid import uuid4

from skranke.scheduling.models import AppointmentState

from support.clinic_pages import HTMX
from support.doors import BY_LIST, NOBODYS, Door, Ids, Visit, organisation
from support.doors.world import GIVEN_NAME, MARKER

OWN_DRAFTS = "only what the person wrote; the patient is read when a draft is begun and when it is opened"
DAY = {"dag": "2027-02-09"}


def _thread_deed(name: str, writes: str, *, of: str = "thread", shows: bool = True, **data: object) -> Door:
    def ask(visit: Visit, ids: Ids):
        facts = {key: ids.get(value, value) for key, value in data.items()}
        return visit.post(name, ids[of], headers=HTMX, versjon=ids[f"{of}_version"], **facts)

    return Door(ask=ask, named=of, shows=shows, writes=writes)


def _patient_deed(route: str, writes: str, **data: object) -> Door:
    def ask(visit: Visit, ids: Ids):
        return visit.post(route, ids["patient"], **{key: ids.get(value, value) for key, value in data.items()})

    return Door(ask=ask, named="patient", shows=False, writes=writes)


def _appointment_deed(name: str, writes: str, **data: object) -> Door:
    def ask(visit: Visit, ids: Ids):
        return visit.post(name, ids["appointment"], headers={"HX-Target": "panel"}, **data)

    return Door(ask=ask, named="appointment", shows=True, writes=writes)


def _cancelled(visit: Visit, ids: Ids):
    """The appointment stands on the list of cancellations, where the visitor can cancel it."""
    return visit.post("schedule-cancel", ids["appointment"], headers={"HX-Target": "panel"}, by="clinic")


def _undo(visit: Visit, ids: Ids):
    visit.post("thread-close", ids["thread"], headers=HTMX, versjon=ids["thread_version"])
    return visit.post("thread-undo", ids["thread"], headers=HTMX)


def _compose(visit: Visit, ids: Ids):
    address = f"{visit.address('compose')}?type=e_contact&pasient={ids['patient']}"
    return visit.client.post(address, {"emne": "Hei", "text": "Hei"}, headers=HTMX)


def _use_template(visit: Visit, ids: Ids):
    address = f"{visit.address('compose-template')}?type=e_contact&pasient={ids['patient']}"
    return visit.client.post(address, {"mal": str(ids["template"]), "kladd_id": str(uuid4())}, headers=HTMX)


def _save_new(visit: Visit, ids: Ids):
    address = f"{visit.address('compose-save')}?type=e_contact&pasient={ids['patient']}"
    return visit.client.post(address, {"emne": "Hei", "text": "Hei", "kladd_id": str(uuid4())})


def _files_new(visit: Visit, ids: Ids):
    address = f"{visit.address('compose-files')}?type=e_contact&pasient={ids['patient']}"
    return visit.client.post(address, {"emne": "Hei", "text": "Hei", "kladd_id": str(uuid4())})


DOORS: dict[str, Door] = {
    "live-ticket": Door(ask=lambda v, _: v.get("live-ticket"), shows=False, because=NOBODYS),
    "post": Door(ask=lambda v, _: v.get("post"), because=BY_LIST),
    "post-rows": Door(ask=lambda v, _: v.get("post-rows", q=GIVEN_NAME), because=BY_LIST),
    "post-columns": Door(
        ask=lambda v, _: v.post("post-columns", kolonne="participants"), shows=False, because=NOBODYS
    ),
    "post-presence": Door(
        ask=lambda v, ids: v.post("post-presence", samtale=ids["thread"]), named="thread", shows=False, because=NOBODYS
    ),
    "compose": Door(ask=_compose, named="patient", writes="thread.started"),
    # Not by the whole word: the page says again what was asked for.
    "compose-templates": Door(ask=lambda v, _: v.get("compose-templates", emne=MARKER[1:]), because=NOBODYS),
    "compose-template": Door(ask=_use_template, named="patient", writes="message_template.used"),
    "thread-template": _thread_deed("thread-template", "message_template.used", malvalg="template"),
    "thread": Door(ask=lambda v, ids: v.get("thread", ids["thread"]), named="thread", writes="thread.read"),
    "thread-news": Door(ask=lambda v, ids: v.get("thread-news", ids["thread"]), named="thread", writes="thread.read"),
    "thread-files": _thread_deed("thread-files", "draft.kept", text="Svar"),
    "compose-files": Door(ask=_files_new, named="patient", writes="draft.kept"),
    "thread-save": _thread_deed("thread-save", "draft.kept", shows=False, text="Svar"),
    "compose-save": Door(ask=_save_new, named="patient", shows=False, writes="draft.kept"),
    "thread-answer": _thread_deed("thread-answer", "thread.answered", text="Svar"),
    "thread-answer-close": _thread_deed("thread-answer-close", "thread.answered", text="Svar"),
    "thread-refuse": _thread_deed("thread-refuse", "thread.answered", text="Nei"),
    "thread-answer-as": _thread_deed("thread-answer-as", "thread.read", som="e_consultation"),
    "thread-fill": _thread_deed("thread-fill", "thread.read", of="renewal", utfall="renewed"),
    "thread-items": _thread_deed("thread-items", "thread.items_changed", of="renewal", reseptliste="Paracet"),
    "thread-journal": _thread_deed("thread-journal", "journal.recorded"),
    "thread-journal-note": _thread_deed(
        "thread-journal-note", "journal.recorded", of="own_consultation", pasient="patient", notat="Sett", problem="A01"
    ),
    "thread-journal-decline": _thread_deed("thread-journal-decline", "thread.read", of="own_consultation"),
    "thread-convert": _thread_deed("thread-convert", "thread.turned"),
    "thread-forward": _thread_deed("thread-forward", "thread.forwarded", til="receiver"),
    "thread-participant-add": _thread_deed(
        "thread-participant-add", "thread.participants_changed", til="receiver"
    ),
    "thread-participant-remove": _thread_deed(
        "thread-participant-remove", "thread.participants_changed", til="receiver"
    ),
    "thread-handling": _thread_deed("thread-handling", "thread.handling_changed", privat="ja"),
    "thread-complete": _thread_deed("thread-complete", "thread.task_completed", of="task"),
    "thread-close": _thread_deed("thread-close", "thread.closed"),
    "thread-undo": Door(ask=_undo, named="thread", writes="thread.undone"),
    "thread-take": _thread_deed("thread-take", "thread.taken"),
    "thread-remove": _thread_deed("thread-remove", "thread.read"),
    "message-resend": Door(
        ask=lambda v, ids: v.post("message-resend", ids["consultation"], ids["undelivered"], headers=HTMX,
                                  versjon=ids["consultation_version"]),
        named="undelivered",
        writes="message.resent",
    ),
    "attachment": Door(
        ask=lambda v, ids: v.get("attachment", ids["attachment"]), named="attachment", writes="attachment.read"
    ),
    # The PDF of this world cannot be drawn, and a picture would not hold the marker as text.
    "attachment-page": Door(
        ask=lambda v, ids: v.get("attachment-page", ids["attachment"]),
        named="attachment",
        shows=False,
        writes="attachment.read",
    ),
    "journal-attachment": Door(
        ask=lambda v, ids: v.get("journal-attachment", ids["entry_attachment"]),
        named="entry_attachment",
        writes="journal.read",
    ),
    "patient-search": Door(ask=lambda v, _: v.get("patient-search", q=GIVEN_NAME), because=BY_LIST),
    "patient-close": Door(ask=lambda v, _: v.post("patient-close"), shows=False, because=NOBODYS),
    "patient": Door(ask=lambda v, ids: v.get("patient", ids["patient"]), named="patient", writes="journal.read"),
    "prescription-window": Door(
        ask=lambda v, ids: v.get("prescription-window", ids["patient"]),
        named="patient",
        shows=False,
        writes="prescription.window_opened",
    ),
    "patient-choose": Door(
        ask=lambda v, ids: v.post("patient-choose", ids["patient"], headers=HTMX),
        named="patient",
        writes="patient.read",
    ),
    "patient-card-layout": Door(ask=lambda v, _: v.get("patient-card-layout"), shows=False, because=NOBODYS),
    "patient-minimise": _patient_deed("patient-minimise", "patient.read"),
    "patient-contact": Door(
        ask=lambda v, ids: v.get("patient-contact", ids["patient"]), named="patient", writes="patient.read"
    ),
    "patient-note": _patient_deed("patient-note", "patient.changed", version="patient_version", note="Tolk"),
    "patient-reservation": _patient_deed("patient-reservation", "patient.changed", reservert="ja"),
    "patient-relation": _patient_deed("patient-relation", "relation.added", national_id="14887500429",
                                      kind="spouse", name="Siv", access="no"),
    "relation": Door(
        ask=lambda v, ids: v.post("relation", ids["relation"], tilgang="ja"),
        named="relation",
        shows=False,
        writes="relation.changed",
    ),
    "patient-number": Door(
        ask=lambda v, ids: v.get("patient-number", ids["patient"]), named="patient", writes="patient.read"
    ),
    "patient-merge": Door(
        ask=lambda v, ids: v.post(
            "patient-merge", ids["patient"], ids["other_patient"], version=ids["patient_version"]
        ),
        named="patient",
        shows=False,
        writes="patient.merged",
    ),
    "journal-entry": Door(
        ask=lambda v, ids: v.get("journal-entry", ids["entry"]), named="entry", writes="journal.read"
    ),
    "schedule": Door(ask=lambda v, _: v.get("schedule", **DAY), because=BY_LIST),
    "schedule-new-group": Door(
        ask=lambda v, ids: v.post("schedule-new-group", name="Legene", schedules=[ids["schedule"]]),
        shows=False,
        because=NOBODYS,
    ),
    "schedule-group": Door(
        ask=lambda v, ids: v.get("schedule-group", ids["display_group"], **DAY), named="display_group", because=BY_LIST
    ),
    "schedule-new-event": Door(
        ask=lambda v, ids: v.client.post(
            f"{v.address('schedule-new-event')}?timebok={ids['schedule']}",
            {"text": "Lunsj", "day": "2027-02-09", "start": "15:00", "end": "15:30"},
        ),
        named="schedule",
        shows=False,
        because=NOBODYS,
    ),
    "schedule-event": Door(ask=lambda v, ids: v.get("schedule-event", ids["event"]), named="event", because=NOBODYS),
    "schedule-new-free": Door(
        ask=lambda v, ids: v.client.post(
            f"{v.address('schedule-new-free')}?timebok={ids['schedule']}",
            {"kind": "single", "day": "2027-02-09", "start": "17:30", "type": str(ids["type"])},
        ),
        named="schedule",
        shows=False,
        because=NOBODYS,
    ),
    "schedule-smart": Door(ask=lambda v, ids: v.get("schedule-smart", ids["smart"]), named="smart", because=NOBODYS),
    "schedule-free-remove": Door(
        ask=lambda v, ids: v.post("schedule-free-remove", ids["slot"]), named="slot", shows=False, because=NOBODYS
    ),
    "schedule-layout": Door(ask=lambda v, _: v.post("schedule-layout", vis=["times"]), shows=False, because=NOBODYS),
    "schedule-in-hand": Door(
        ask=lambda v, ids: v.post("schedule-in-hand", time=ids["slot"]), named="slot", shows=False, because=NOBODYS
    ),
    "schedule-hide": Door(ask=lambda v, _: v.post("schedule-hide"), shows=False, because=NOBODYS),
    "waiting-list": Door(ask=lambda v, _: v.get("waiting-list", q=GIVEN_NAME), because=BY_LIST),
    "waiting-new": Door(
        ask=lambda v, ids: v.get("waiting-new", pasient=ids["patient"]), named="patient", writes="patient.read"
    ),
    "waiting-hours": Door(ask=lambda v, _: v.post("waiting-hours", timer=24), shows=False, because=NOBODYS, by="ali"),
    "waiting-entry": Door(
        ask=lambda v, ids: v.get("waiting-entry", ids["waiting_entry"]),
        named="waiting_entry",
        writes="waiting_list.read",
    ),
    "request-list": Door(ask=lambda v, _: v.get("request-list", q=GIVEN_NAME), because=BY_LIST),
    "request-columns": Door(
        ask=lambda v, _: v.post("request-columns", kolonne="patient"), shows=False, because=NOBODYS
    ),
    "request-taking": Door(
        ask=lambda v, _: v.post("request-taking", mottak="ja"), shows=False, because=NOBODYS, by="ali"
    ),
    "request": Door(
        ask=lambda v, ids: v.get("request", ids["appointment_request"]),
        named="appointment_request",
        writes="appointment_request.read",
    ),
    "schedule-patients": Door(ask=lambda v, _: v.get("schedule-patients", q=GIVEN_NAME), because=BY_LIST),
    "schedule-book": Door(
        ask=lambda v, ids: v.post("schedule-book", headers={"HX-Target": "panel"}, patient=ids["patient"],
                                  time=ids["slot"], contact="physical", reason=MARKER),
        named="slot",
        writes="appointment.booked",
    ),
    "schedule-appointment": Door(
        ask=lambda v, ids: v.get("schedule-appointment", ids["appointment"]),
        named="appointment",
        writes="appointment.read",
    ),
    "schedule-menu": Door(
        ask=lambda v, ids: v.get("schedule-menu", ids["appointment"]), named="appointment", writes="appointment.read"
    ),
    "schedule-delete": _appointment_deed("schedule-delete", "appointment.deleted"),
    "schedule-cancel": _appointment_deed("schedule-cancel", "appointment.cancelled", by="clinic"),
    "schedule-cancel-several": Door(
        ask=lambda v, ids: v.post("schedule-cancel-several", headers={"HX-Target": "panel"}, by="clinic",
                                  time=str(ids["appointment"])),
        named="appointment",
        writes="appointment.cancelled",
    ),
    "schedule-cancellations": Door(
        ask=lambda v, ids: _cancelled(v, ids) and v.get("schedule-cancellations"), because=BY_LIST
    ),
    "schedule-cancellation": Door(
        ask=lambda v, ids: _cancelled(v, ids) and v.post("schedule-cancellation", ids["appointment"], handtert="ja"),
        named="appointment",
        shows=False,
        writes="appointment.cancellation_handled",
    ),
    "schedule-tell-again": _appointment_deed("schedule-tell-again", "message.resent"),
    "schedule-state": _appointment_deed("schedule-state", "appointment.changed", state=AppointmentState.CHECKED_IN),
    "schedule-move": Door(
        ask=lambda v, ids: v.post("schedule-move", ids["appointment"], headers={"HX-Target": "panel"},
                                  til=ids["other_slot"]),
        named="appointment",
        writes="appointment.moved",
    ),
    "schedule-times": Door(
        ask=lambda v, ids: v.post("schedule-times", ids["appointment"], headers={"HX-Target": "panel"},
                                  start="09:00", end="09:25"),
        named="appointment",
        writes="appointment.moved",
    ),
    "schedule-repeat": Door(
        ask=lambda v, ids: v.post("schedule-repeat", ids["appointment"], headers={"HX-Target": "panel"}, every=1,
                                  count=2, lag=1, dato="2027-02-16.own"),
        named="appointment",
        writes="appointment.booked",
    ),
    "schedule-card": Door(
        ask=lambda v, ids: v.get("schedule-card", ids["appointment"]), named="appointment", writes="appointment.printed"
    ),
    "compose-reach": Door(
        ask=lambda v, ids: v.get("compose-reach", type="e_contact", pasient=ids["patient"]),
        named="patient",
        shows=False,
        writes="patient.read",
    ),
    "drafts": Door(ask=lambda v, _: v.get("drafts"), because=OWN_DRAFTS),
    "drafts-told": Door(ask=lambda v, _: v.get("drafts-told"), shows=False, because=OWN_DRAFTS),
    "draft-discard": Door(
        ask=lambda v, ids: v.post("draft-discard", ids["draft"]), named="draft", shows=False, because=OWN_DRAFTS
    ),
    "settings-templates": Door(ask=lambda v, _: v.get("settings-templates"), because=NOBODYS),
    "settings-new-template": Door(ask=lambda v, _: v.get("settings-new-template"), shows=False, because=NOBODYS),
    "settings-template": Door(
        ask=lambda v, ids: v.get("settings-template", ids["template"]), named="template", because=NOBODYS
    ),
    "settings-template-automatic": Door(
        ask=lambda v, ids: v.post("settings-template-automatic", ids["shared_template"]),
        named="shared_template",
        shows=False,
        because=NOBODYS,
        by="ali",
    ),
    "patient-exemption": Door(
        ask=lambda v, ids: v.get("patient-exemption", ids["patient"]), named="patient", writes="patient.read"
    ),
    "invoice-new": Door(
        ask=lambda v, ids: v.client.post(f"{v.address('invoice-new')}?pasient={ids['patient']}", {"nytt": "ja"}),
        named="patient",
        shows=False,
        writes="invoice.opened",
    ),
    "invoice-card": Door(
        ask=lambda v, ids: v.get("invoice-card", ids["invoice"]), named="invoice", writes="invoice.read"
    ),
    "invoice-close": Door(
        ask=lambda v, ids: v.post("invoice-close", ids["invoice"], version=1, forkast="ja"),
        named="invoice",
        shows=False,
        writes="invoice.changed",
    ),
    "settings-type-codes": Door(
        ask=lambda v, ids: v.post("settings-type-codes", ids["type"]),
        named="type",
        shows=False,
        because=NOBODYS,
        by="ali",
    ),
    "patient-address": Door(
        ask=lambda v, ids: v.get("patient-address", ids["patient"]), named="patient", shows=False, writes="patient.read"
    ),
    "patient-reach": Door(
        ask=lambda v, ids: v.get("patient-reach", ids["patient"]), named="patient", shows=False, writes="patient.read"
    ),
    **{
        name: Door(ask=lambda v, _, name=name: v.get(name), shows=False, because=NOBODYS, by="ali")
        for name in ("settings-helsenorge", "settings-sight", "settings-start")
    },
    "settings-helsenorge-offers": Door(
        ask=lambda v, _: v.post("settings-helsenorge-offers", version=1, offers=["e_contact"]),
        shows=False,
        because=NOBODYS,
        by="ali",
    ),
    "settings-helsenorge-refresh": Door(
        ask=lambda v, _: v.post("settings-helsenorge-refresh"), shows=False, because=NOBODYS, by="ali"
    ),
    "settings-start-answer": Door(
        ask=lambda v, _: v.post("settings-start-answer", version=0, question="who_handles", text="Anne"),
        shows=False,
        because=NOBODYS,
        by="ali",
    ),
    "patient-lists": Door(ask=lambda v, _: v.get("patient-lists"), because=NOBODYS),
    "patient-list-new": Door(ask=lambda v, _: v.get("patient-list-new"), shows=False, because=NOBODYS),
    "patient-list-edit": Door(
        ask=lambda v, ids: v.get("patient-list-edit", ids["list"]), named="list", because=NOBODYS
    ),
    "patient-list-delete": Door(
        ask=lambda v, ids: v.post("patient-list-delete", ids["list"]), named="list", shows=False, because=NOBODYS
    ),
    "patient-list-member": Door(
        ask=lambda v, ids: v.post("patient-list-member", ids["list"], ids["patient"], gjor="fjern"),
        named="list",
        shows=False,
        writes="list.changed",
    ),
    "patient-list": Door(ask=lambda v, ids: v.get("patient-list", ids["list"]), named="list", because=BY_LIST),
    "patient-list-export": Door(
        ask=lambda v, ids: v.post("patient-list-export", ids["list"]), named="list", because=BY_LIST
    ),
    "list-sync": Door(ask=lambda v, _: v.get("list-sync"), shows=False, because=NOBODYS),
    "list-changes": Door(ask=lambda v, _: v.get("list-changes"), shows=False, because=NOBODYS),
    "list-changes-of": Door(
        ask=lambda v, ids: v.get("list-changes-of", ids["sync"]), named="sync", shows=False, because=BY_LIST
    ),
    "settings-tokens": Door(ask=lambda v, _: v.get("settings-tokens"), shows=False, because=NOBODYS),
    "settings-token-end": Door(
        ask=lambda v, ids: v.post("settings-token-end", ids["token"]), named="token", shows=False, because=NOBODYS
    ),
    "settings-access-log": Door(ask=lambda v, _: v.get("settings-access-log"), because=BY_LIST, by="ali"),
    "settings-access-export": Door(ask=lambda v, _: v.get("settings-access-export"), because=BY_LIST, by="ali"),
    "settings-message-log": Door(ask=lambda v, _: v.get("settings-message-log"), because=BY_LIST, by="ali"),
    "today": Door(ask=lambda v, _: v.get("today"), because=BY_LIST),
    "reports": Door(ask=lambda v, _: v.get("reports"), shows=False, because=NOBODYS, by="ali"),
    "settings": Door(ask=lambda v, _: v.get("settings"), shows=False, because=NOBODYS),
    "settings-access": Door(ask=lambda v, _: v.get("settings-access"), shows=False, because=NOBODYS),
    **organisation.DOORS,
}  # fmt: skip
