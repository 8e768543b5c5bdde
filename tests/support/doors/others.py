"""The patient portal, the operator's pages, and what anybody may open."""

from uuid import uuid4

from django.urls import reverse

from support.doors import NOBODYS, Door

OPEN: dict[str, Door] = {
    # Whoever asks, it is about the own sessions: nothing in the address could be guessed.
    **{
        f"{audience}{name}": Door(
            ask=lambda v, _, name=f"{audience}{name}", how=how: getattr(v, how)(name), shows=False, because=NOBODYS
        )
        for audience in ("", "patient-", "operator-")
        for name, how in (
            ("sessions", "get"), ("sessions-end", "post"), ("session-state", "get"), ("session-unlocked", "get")
        )
    },
    "health": Door(ask=lambda v, _: v.get("health"), shows=False, because=NOBODYS),
    "ui:set_language": Door(
        ask=lambda v, _: v.post("ui:set_language", language="en"), shows=False, because=NOBODYS
    ),
    "front": Door(ask=lambda v, _: v.get("front"), shows=False, because=NOBODYS),
    "clinic-front": Door(
        ask=lambda v, _: v.get("clinic-front"), shows=False, because="it leads on to Post, of any clinic"
    ),
    **{
        name: Door(ask=lambda v, _, name=name: v.client.get(reverse(name)), shows=False, because=NOBODYS)
        for name in ("login", "patient-login", "operator-login")
    },
    **{
        name: Door(ask=lambda v, _, name=name: v.client.get(reverse(name, args=[uuid4().hex])), shows=False,
                   because="a link of nobody's opens nothing; logging in is logged as session.opened")
        for name in ("login-by-link", "patient-login-by-link", "operator-login-by-link")
    },
    **{
        name: Door(ask=lambda v, _, name=name: v.client.get(reverse(name)), shows=False, because=NOBODYS)
        for name in (
            "login-helseid",
            "login-helseid-answer",
            "patient-login-id-porten",
            "patient-login-id-porten-answer",
            "operator-login-helseid",
            "operator-login-helseid-answer",
            "operator-passkey",
        )
    },
    **{
        name: Door(ask=lambda v, _, name=name: v.client.post(reverse(name)), shows=False, because=NOBODYS)
        for name in ("logout", "patient-logout", "operator-logout")
    },
}  # fmt: skip
PATIENT: dict[str, Door] = {
    "patient-home": Door(
        ask=lambda v, _: v.client.get(reverse("patient-home"), follow=True), writes="appointment.listed"
    ),
    "patient-clinic": Door(ask=lambda v, _: v.get("patient-clinic"), writes="appointment.listed"),
    "patient-messages": Door(ask=lambda v, _: v.get("patient-messages"), writes="thread.listed"),
    "patient-start": Door(ask=lambda v, _: v.get("patient-start"), because="only the own name, as on every page"),
    "patient-write": Door(
        ask=lambda v, _: v.post(
            "patient-write", "e_dialog", emne="Emne", text="Tekst", skjema="6f1d3a52-0000-4000-8000-000000000001"
        ),
        shows=False,
        writes="message.received",
    ),
    "patient-message": Door(
        ask=lambda v, ids: v.get("patient-message", ids["own_thread"]), named="own_thread", writes="thread.read"
    ),
    "patient-attachment": Door(
        ask=lambda v, ids: v.get("patient-attachment", ids["own_attachment"]),
        named="own_attachment",
        writes="attachment.read",
    ),
    "patient-seen": Door(ask=lambda v, _: v.get("patient-seen"), writes="access.read"),
    "patient-me": Door(ask=lambda v, _: v.get("patient-me"), writes="patient.read"),
    "patient-own-contact": Door(
        ask=lambda v, ids: v.post(
            "patient-own-contact", phone="", email="a@example.test", language="nb", version=ids["patient_version"]
        ),
        shows=False,
        writes="patient.changed",
    ),
    "patient-payments": Door(ask=lambda v, _: v.get("patient-payments"), writes="invoice.read"),
    "patient-representatives": Door(ask=lambda v, _: v.get("patient-representatives"), writes="patient.read"),
    "patient-representative": Door(
        ask=lambda v, ids: v.post("patient-representative", ids["relation"]),
        named="relation",
        shows=False,
        writes="relation.ended",
    ),
    # Timebok and free time are the clinic's: open to each of its patients who may book there, and to no other clinic's.
    "patient-book": Door(ask=lambda v, _: v.get("patient-book"), writes="slot.offered"),
    "patient-book-kind": Door(ask=lambda v, ids: v.get("patient-book-kind", ids["schedule"]), writes="slot.offered"),
    "patient-book-time": Door(
        ask=lambda v, ids: v.post("patient-book-time", ids["schedule"], ids["type"], tid=ids["slot"]),
        shows=False,
        writes="slot.held",
    ),
    "patient-book-confirm": Door(
        ask=lambda v, ids: v.post("patient-book-confirm", ids["slot"]),
        shows=False,
        writes="appointment.booked",
    ),
    "patient-offer": Door(
        ask=lambda v, ids: v.get("patient-offer", ids["slot_offer"]),
        named="slot_offer",
        writes="waiting_list.offer_read",
    ),
    "patient-request-new": Door(
        ask=lambda v, _: v.post(
            "patient-request-new", remark="Tekst", wished_time="any", skjema="6f1d3a52-0000-4000-8000-000000000002"
        ),
        shows=False,
        writes="appointment_request.made",
    ),
    "patient-request": Door(
        ask=lambda v, ids: v.get("patient-request", ids["appointment_request"]),
        named="appointment_request",
        writes="appointment_request.read",
    ),
    "patient-times": Door(ask=lambda v, _: v.get("patient-times"), writes="appointment.listed"),
    "patient-time": Door(
        ask=lambda v, ids: v.get("patient-time", ids["appointment"]), named="appointment", writes="appointment.read"
    ),
    "patient-check-in": Door(
        ask=lambda v, ids: v.post("patient-check-in", ids["appointment"]),
        named="appointment",
        because="days before the time it is refused; the page that says so is the one of `patient-time`",
    ),
    "patient-cancel": Door(
        ask=lambda v, ids: v.post("patient-cancel", ids["appointment"], versjon=ids["appointment_version"]),
        named="appointment",
        shows=False,
        writes="appointment.cancelled",
    ),
}
OPERATOR: dict[str, Door] = {
    **{
        name: Door(ask=lambda v, _, name=name: v.client.get(reverse(name)), shows=False, because=NOBODYS)
        for name in ("operator-home", "operator-new-clinic")
    },
    **{
        name: Door(
            ask=lambda v, ids, name=name: v.client.get(reverse(name, args=[ids["clinic"]])),
            named="clinic",
            shows=False,
            because=NOBODYS,
        )
        for name in ("operator-clinic", "operator-connection", "operator-log")
    },
    **{
        name: Door(
            ask=lambda v, ids, name=name: v.client.post(reverse(name, args=[ids["clinic"]]), {"version": "1"}),
            named="clinic",
            shows=False,
            because=NOBODYS,
        )
        for name in (
            "operator-prerequisites",
            "operator-notices",
            "operator-switch",
            "operator-change-connection",
            "operator-change-peer",
            "operator-try-connection",
        )
    },
    "operator-switch-employee": Door(
        ask=lambda v, ids: v.client.post(
            reverse("operator-switch-employee", args=[ids["clinic"], ids["employee"]]), {"version": "1"}
        ),
        named="clinic",
        shows=False,
        because=NOBODYS,
    ),
    "operator-switch-party": Door(
        ask=lambda v, ids: v.client.post(
            reverse("operator-switch-party", args=[ids["clinic"], ids["party"]]), {"version": "1"}
        ),
        named="clinic",
        shows=False,
        because=NOBODYS,
    ),
}
