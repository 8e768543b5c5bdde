"""The message log: what came in and what left, searched and paged, for administrators (MSG-23)."""

import pytest

from skranke.audit.models import AuditEvent
from skranke.dialog import services
from skranke.dialog.models import Thread
from skranke.tenancy.work import acting

from cast import Cast
from support.api import Api
from support.clinic_pages import address, body, logged_in
from support.database import as_role


@pytest.mark.req("MSG-23", "NFR-1")
def test_every_message_in_and_out_stands_in_the_log_with_its_state(office) -> None:
    cast = office.cast
    asked, other = office.helsenorge.e_consultation(cast.ola), office.helsenorge.e_contact(cast.nora)
    for one in (asked, other):
        office.helsenorge.send(one)
    office.helsenorge.send(b"no XML", like=office.helsenorge.e_contact(cast.ola))
    office.work()
    with as_role("skranke_web"):
        _look_through(office.cast, asked.info.msg_id)


def _look_through(cast: Cast, msg_id: str) -> None:
    with acting(cast.actor(cast.kari)):
        services.answer(Thread.objects.get(conversation=msg_id), text="Et hemmelig råd.")
        services.start_dialog(patient=cast.ola, kind="e_dialog", subject="Et hemmelig emne", text="Hei.")
    ali = Api(cast, cast.ali)

    def told(**sought: object) -> list[tuple[str, str, str, str]]:
        rows = ali.get("messages", **sought).body["items"]
        return [("in" if one["incoming"] else "out", one["kind"], one["state"], one["patient_name"]) for one in rows]

    ola, nora = "Ola Nordmann", "Nora Nordmann"
    everything = told()
    assert sorted(everything) == sorted([
        ("in", "e_consultation", "acted", ola), ("in", "e_contact", "acted", nora), ("in", "e_contact", "fault", ""),
        ("out", "receipt", "sent", ola), ("out", "receipt", "sent", nora), ("out", "fault", "sent", ""),
        ("out", "e_consultation", "pending", ola), ("out", "e_dialog", "ready", ola),
    ])  # fmt: skip
    assert told(direction="in", q="nora") == [("in", "e_contact", "acted", nora)]
    assert told(state="fault") == [("in", "e_contact", "fault", "")]
    assert told(state="ready") == [("out", "e_dialog", "ready", ola)]
    assert told(q=cast.nora.national_id, direction="out") == [("out", "receipt", "sent", nora)]
    assert told(q=msg_id) == [("in", "e_consultation", "acted", ola)]
    assert told(to="2001-01-01") == []
    assert len(told(**{"from": "0001-01-01", "to": "9999-12-31"})) == len(everything)
    pages, cursor = [], ""
    while not pages or cursor:
        page = ali.get("messages", limit=3, cursor=cursor).body
        pages.append([one["id"] for one in page["items"]])
        cursor = page["next_cursor"]
    assert [len(one) for one in pages] == [3, 3, 2]
    assert len({one for page in pages for one in page}) == len(everything)
    with acting(cast.system):
        row = AuditEvent.objects.filter(action="message.listed").order_by("at").first()
        assert (row.actor_id, row.detail["messages"]) == (cast.ali.id, len(everything))
    page = body(logged_in(cast, cast.ali).get(address(cast, "settings-message-log"), {"retning": "ut"}))
    for text in ("eKonsultasjon", "Kvittering", "E-dialog", "I kø", "Ligger i pasientportalen", ola, nora):
        assert text in page, text
    assert "hemmelig" not in page
    assert "Kunne ikke leses</span>" not in page
