"""What a thread is found by follows whatever happens to it, asked over REST."""

from uuid import uuid4

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from skranke.dialog.models import Message, Thread
from skranke.patients.models import NamePart, Patient
from skranke.patients.numbers import change_number, merge
from skranke.patients.services import register
from skranke.tenancy.work import acting

from cast import Cast, fresh_national_id, make_clinic
from support.api import Api
from support.clinic_pages import address
from support.dialog import file, question, receive, reply
from support.patient_pages import as_patient
from support.portal import start


def found(cast: Cast, q: str) -> list[str]:
    """The ids of the threads that Kari finds in her inbox."""
    answer = Api(cast, cast.kari).get("threads", mailbox="innboks", q=q)
    assert answer.status == 200
    return [row["id"] for row in answer.body["items"]]


def kept(thread: Thread) -> list[tuple[int, bool]]:
    """How a thread's words lie: number and whether there are several, of each row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, spilt FROM dialog_threadwords WHERE thread_id = %s ORDER BY number", [thread.id])
        return cursor.fetchall()


@pytest.mark.req("MSG-7")
def test_a_later_message_is_found_together_with_what_was_written_before() -> None:
    cast = make_clinic()
    asked = question(cast, subject="Skulder", text="Vondt siden mandag")
    thread = receive(cast, asked)
    assert found(cast, "mandag svimmel") == []
    receive(cast, reply(cast, asked, text="Nå er jeg svimmel også."))
    assert found(cast, "mandag svimmel") == found(cast, "svimmel ola skulder") == [str(thread.id)]


@pytest.mark.req("MSG-7", "MSG-25")
def test_what_the_clinic_writes_is_found_too() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    kari = Api(cast, cast.kari)
    sent = kari.post(f"threads/{thread.id}/messages", {"text": "Prøv kamillete."})
    assert sent.status == 201
    rows = kari.get("threads", mailbox="sendte", q="kamillete utslett").body["items"]
    assert [row["id"] for row in rows] == [str(thread.id)]


@pytest.mark.req("MSG-7")
def test_a_new_title_is_found_and_the_old_one_is_not() -> None:
    cast = make_clinic()
    # What comes first is not what the patient began with; the beginning gives the title.
    asked = question(cast, subject="Allergitest", text="Hei")
    thread = receive(cast, reply(cast, asked, subject="Ettersending", text="Mer"))
    with acting(cast.system):
        before = Thread.objects.get(id=thread.id).title
        Thread.objects.filter(id=thread.id).update(title="Kneoperasjon")
    assert found(cast, "kneoperasjon") == [str(thread.id)]
    with acting(cast.system):
        Thread.objects.filter(id=thread.id).update(title=before)
    assert found(cast, "kneoperasjon") == []
    assert found(cast, "ettersending") == [str(thread.id)]


@pytest.mark.req("MSG-7")
def test_the_name_of_a_file_that_comes_later_is_found() -> None:
    cast = make_clinic()
    asked = question(cast)
    thread = receive(cast, asked)
    receive(cast, reply(cast, asked, attachments=(file(name="rontgen_albue.pdf"),)))
    assert found(cast, "albue utslett") == found(cast, "rontg") == [str(thread.id)]


@pytest.mark.req("MSG-7", "PAT-1")
def test_a_renamed_patient_is_found_by_the_new_name_and_not_by_the_old() -> None:
    cast = make_clinic()
    with acting(cast.system):
        patient = register(national_id=fresh_national_id(age=40), given_name="Petronella", family_name="Omar")
    thread = receive(cast, question(cast, patient=patient))
    assert found(cast, "petronella utslett") == [str(thread.id)]
    with acting(cast.system):
        NamePart.objects.filter(patient=patient, key="petronella").delete()
    assert found(cast, "petronella") == []
    with acting(cast.system):
        NamePart.objects.create(clinic_id=cast.clinic.id, patient=patient, key="wilhelmine", loose="vilhelmine")
    assert found(cast, "wilhelmine utslett") == found(cast, "omar wilh") == [str(thread.id)]


@pytest.mark.req("MSG-7", "PAT-9")
def test_a_patient_with_another_number_is_found_by_that_and_not_by_the_old() -> None:
    cast = make_clinic()
    thread, old, new = receive(cast, question(cast)), cast.ola.national_id, fresh_national_id(age=50).value
    assert found(cast, old) == found(cast, f"{old[:7]} utslett") == [str(thread.id)]
    with acting(cast.actor(cast.ali)):
        change_number(Patient.objects.get(id=cast.ola.id), new, expected_version=cast.ola.version)
    assert found(cast, new) == found(cast, f"{new[:10]} utslett") == [str(thread.id)]
    assert found(cast, old) == []


@pytest.mark.req("MSG-7", "PAT-9")
def test_the_threads_of_a_merged_patient_are_found_by_the_one_who_took_over() -> None:
    cast = make_clinic()
    with acting(cast.system):
        other = register(national_id=fresh_national_id(age=40), given_name="Petronella", family_name="Omar")
    thread = receive(cast, question(cast, patient=other))
    with acting(cast.actor(cast.ali)):
        merge(Patient.objects.get(id=cast.ola.id), Patient.objects.get(id=other.id), expected_version=cast.ola.version)
    assert found(cast, "ola utslett") == [str(thread.id)]
    assert found(cast, "petronella") == []


@pytest.mark.req("MSG-7")
def test_what_is_no_longer_there_is_not_found() -> None:
    cast = make_clinic()
    asked = question(cast)
    thread = receive(cast, asked)
    receive(cast, reply(cast, asked, text="Hostesaft"))
    assert found(cast, "hostesaft") == [str(thread.id)]
    with acting(cast.system):
        assert Message.objects.filter(text="Hostesaft")._raw_delete("default") == 1
    assert found(cast, "hostesaft") == []
    assert found(cast, "utslett") == [str(thread.id)]


@pytest.mark.req("MSG-7")
def test_a_long_conversation_is_found_by_words_that_were_written_far_apart(monkeypatch) -> None:
    cast = make_clinic()
    asked = question(cast, subject="Skulder", text="Vondt siden mandag")
    thread = receive(cast, asked)
    for number in range(4):
        said = " ".join(f"ord{number}x{one}" for one in range(700))
        receive(cast, reply(cast, asked, text=f"{said} tema{number}"))
    with acting(cast.system):
        rows = kept(thread)
    assert len(rows) > 2
    assert all(spilt for _, spilt in rows)
    for many in (1500, 1):
        monkeypatch.setattr("skranke.dialog.searching._MANY", many)
        for q in ("mandag tema3", "tema0 tema3 ola", "ord1x699 ord3x7", "tema2"):
            assert found(cast, q) == [str(thread.id)], (q, many)
        assert found(cast, "mandag tema4") == []


@pytest.mark.req("NFR-2", "MSG-7")
def test_another_clinics_words_are_never_found() -> None:
    ours, theirs = make_clinic(), make_clinic()
    receive(theirs, question(theirs, text="Kamillete", attachments=(file(name="kamillete.pdf"),)))
    assert found(ours, "kamillete") == []
    assert len(found(theirs, "kamillete")) == 1
    with acting(ours.actor(ours.kari)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dialog_threadwords")
        assert cursor.fetchone() == (0,)
    for change in ("DELETE FROM dialog_threadwords", "UPDATE dialog_threadwords SET words = ''"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            acting(ours.actor(ours.kari)),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)


@pytest.mark.req("MSG-7", "POR-3")
def test_what_a_patient_writes_in_the_portal_is_found() -> None:
    cast = make_clinic()
    thread = start(cast, text="Hei fra klinikken.")
    posted = as_patient(cast.ola).post(
        address(cast, "patient-message", thread.id), {"text": "Kamillete hjalp.", "form_id": str(uuid4())}
    )
    assert posted.status_code == 302
    rows = Api(cast, cast.kari).get("threads", mailbox="innboks", q="kamillete klinikken").body["items"]
    assert [row["id"] for row in rows] == [str(thread.id)]
