"""What can be written from Post, and dialogs between colleagues (CMP-1, CMP-5, CMP-12, MSG-12, MSG-21)."""

import pytest
from lxml import html

from skranke.clinics.activation.services import take_off
from skranke.clinics.models import Group, GroupKind
from skranke.dialog.models import Channel, DialogKind, Message, Thread
from skranke.outbox.models import OutboxItem
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, logged_in
from support.dialog import inbox

CHOICES = ["e-Kontakt", "eKonsultasjon – helsenorge.no", "E-dialog"]
FORM = {"emne": "Møte fredag", "text": "Vi ses kl. 12.", "svar": "ja"}


def _links(page: str, where: str) -> list[str]:
    found = html.fromstring(page).xpath(f"{where}//a[contains(@href, 'post/ny')]")
    return [" ".join(one.text_content().split()) for one in found]


def _compose(cast: Cast, patient: object = "velg", kind: str = "e_dialog") -> str:
    return address(cast, "compose", query=f"?type={kind}&pasient={patient}")


@pytest.mark.req("CMP-1")
def test_three_choices_with_the_integration_and_one_without() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    client.post(address(cast, "patient-choose", cast.ola.id))
    post, search = address(cast, "post"), address(cast, "patient-search")
    assert _links(body(client.get(post)), "//header") == CHOICES
    assert _links(body(client.get(search)), "//section[@aria-label='Aktiv pasient']") == [
        "e-Kontakt",
        "eKonsultasjon",
        "E-dialog",
    ]
    with acting(cast.system):
        take_off()
    assert _links(body(client.get(post)), "//header") == ["E-dialog"]
    assert _links(body(client.get(search)), "//section[@aria-label='Aktiv pasient']") == ["E-dialog"]
    unasked = html.fromstring(body(client.get(address(cast, "compose"))))
    assert [one.text_content() for one in unasked.xpath("//nav[@aria-label='Type']/a")] == ["E-dialog"]


@pytest.mark.req("CMP-12")
@pytest.mark.parametrize("route", ["post", "patient-search", "schedule"])
def test_a_key_begins_a_new_dialog_on_every_page(route: str) -> None:
    cast = make_clinic()
    page = html.fromstring(body(logged_in(cast, cast.ali).get(address(cast, route))))
    assert {one.get("href") for one in page.xpath("//*[@data-shortcut='Alt+D']")} == {
        address(cast, "compose", query="?type=e_dialog")
    }


@pytest.mark.req("MSG-21", "CMP-5", "CMP-7")
def test_colleagues_write_to_each_other_without_a_patient() -> None:
    cast = make_clinic()
    ali, kari = logged_in(cast, cast.ali), logged_in(cast, cast.kari)
    sent = ali.post(_compose(cast), FORM | {"deltaker": f"employee:{cast.kari.id}"})
    assert sent.status_code == 302
    assert "Meldingen er sendt til dem som deltar." in body(ali.get(sent["Location"]))
    with acting(cast.system):
        thread = Thread.objects.get()
        assert (thread.channel, thread.patient, thread.title) == (Channel.INTERNAL, None, "Møte fredag")
        assert not OutboxItem.objects.exists()
    assert inbox(cast, cast.kari) == [str(thread.id)]
    assert inbox(cast, cast.mona) == inbox(cast, cast.ali) == []
    read = body(kari.get(address(cast, "thread", thread.id)))
    assert "Bare kollegene som deltar, ser svaret." in read
    version = html.fromstring(read).get_element_by_id("answer-version").value
    told = kari.post(address(cast, "thread-answer", thread.id), {"text": "Fint.", "versjon": version}, headers=HTMX)
    assert "Svaret er sendt til dem som deltar." in body(told)
    assert (inbox(cast, cast.ali), inbox(cast, cast.kari)) == ([str(thread.id)], [])
    assert "Møte fredag" in body(ali.get(address(cast, "post", query="?slag=internal")))
    assert logged_in(cast, cast.mona).get(address(cast, "thread", thread.id)).status_code == 404


@pytest.mark.req("MSG-21", "MSG-12", "CMP-6")
def test_a_dialog_about_a_patient_is_never_shown_to_the_patient() -> None:
    cast = make_clinic()
    ali = logged_in(cast, cast.ali)
    toggle = html.fromstring(body(ali.get(_compose(cast, cast.ola.id)))).get_element_by_id("compose-to-patient")
    assert toggle.get("checked") is not None
    sent = ali.post(_compose(cast, cast.ola.id), FORM | {"deltaker": f"employee:{cast.kari.id}"})
    assert "Ola Nordmann" in body(ali.get(sent["Location"]))
    with acting(cast.system):
        assert Thread.objects.get().patient_id == cast.ola.id
        assert Message.objects.get().delivery == ""
    with acting(cast.actor(cast.ola)):
        assert not Thread.objects.exists()
        assert not Message.objects.exists()


@pytest.mark.req("MSG-21")
def test_somebody_must_take_part_and_what_was_written_stands_there_still() -> None:
    cast = make_clinic()
    for chosen in ([], [f"employee:{cast.ali.id}"]):
        page = body(logged_in(cast, cast.ali).post(_compose(cast), FORM | {"deltaker": chosen}, headers=HTMX))
        assert "Velg hvem som skal delta. Ingenting er sendt." in page
        assert "Vi ses kl. 12." in page
    stranger = make_clinic()
    forged = FORM | {"deltaker": f"employee:{stranger.kari.id}"}
    assert "er ikke her lenger" in body(logged_in(cast, cast.ali).post(_compose(cast), forged, headers=HTMX))
    with acting(cast.system):
        assert not Thread.objects.exists()


@pytest.mark.req("MSG-21", "ORG-10", "MSG-8")
def test_a_message_to_a_group_waits_for_each_of_them_until_each_has_ended_it() -> None:
    cast = make_clinic()
    with acting(cast.system):
        group = Group.objects.create(
            clinic_id=cast.clinic.id, name="Leger", kind=GroupKind.DYNAMIC, position_types=["gp"]
        )
    ali, kari, mona = Api(cast, cast.ali), Api(cast, cast.kari), Api(cast, cast.mona)
    made = ali.post(
        "threads",
        {
            "kind": "internal",
            "subject": "Nye rutiner",
            "text": "Les dette.",
            "may_answer": False,
            "participants": [{"group_id": str(group.id)}],
        },
    )
    assert (made.status, made.body["kind"], made.body["patient_id"]) == (201, "internal", None)
    thread = f"threads/{made.body['id']}"
    assert inbox(cast, cast.kari) == inbox(cast, cast.mona) == [made.body["id"]]
    assert kari.post(f"{thread}/messages", {"text": "Svar"}).body["code"] == "not_answerable"
    assert not kari.post(f"{thread}/close").body["closed"]
    assert (inbox(cast, cast.kari), inbox(cast, cast.mona)) == ([], [made.body["id"]])
    assert mona.post(f"{thread}/close").body["closed"]


@pytest.mark.req("CMP-6")
def test_a_colleague_takes_part_in_a_dialog_with_a_patient_from_its_beginning() -> None:
    cast = make_clinic()
    facts = FORM | {"deltaker": f"employee:{cast.anne.id}"}
    assert logged_in(cast, cast.ali).post(_compose(cast, cast.ola.id, "e_contact"), facts).status_code == 302
    with acting(cast.system):
        thread = Thread.objects.get()
        assert thread.kind == DialogKind.E_CONTACT
    assert inbox(cast, cast.anne) == [str(thread.id)]


@pytest.mark.req("CMP-14")
@pytest.mark.parametrize("kind", ["e_contact", "e_consultation"])
def test_a_dialog_in_helsenorge_leaves_the_notice_to_helsenorge(kind: str) -> None:
    cast = make_clinic()
    page = body(logged_in(cast, cast.ali).get(_compose(cast, cast.ola.id, kind)))
    assert "SMS" not in page
    assert logged_in(cast, cast.ali).post(_compose(cast, cast.ola.id, kind), FORM).status_code == 302
    with acting(cast.system):
        assert list(OutboxItem.objects.values_list("intent", flat=True)) == ["dialog_message"]


@pytest.mark.req("MSG-12")
def test_a_dialog_with_a_patient_needs_the_one_patient() -> None:
    cast = make_clinic()
    refused = Api(cast, cast.ali).post("threads", {"kind": "e_contact", "subject": "Hei", "text": "Hei"})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "patient_id")
