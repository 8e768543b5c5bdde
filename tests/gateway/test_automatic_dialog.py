"""A patient who books in HelseNorge is sent the template of the type: in the booking's commit, by the worker, once."""

from datetime import timedelta

import pytest
from lxml import html

from skranke.dialog.models import Attachment, DialogKind, Message, TaskFor, Thread
from skranke.dialog.services import save_template
from skranke.dialog.values import TemplateFacts, TemplateTask
from skranke.kernel import clock
from skranke.scheduling.models import Appointment, AutomaticDialog
from skranke.scheduling.services import add_single_slot, book, cancel, create_type, move
from skranke.tenancy.work import acting
from skranke.ui.dates import format_moment
from skranke.worker.jobs import JOBS
from skranke.worker.run import look

from support.api import Api
from support.clinic_pages import address, body, logged_in
from support.database import as_role
from support.dialog import PDF, upload
from support.surgery import open_book, time_of

JOB = next(one for one in JOBS if one.name == "dialogs.automatic")
FACTS = {"title": "Før timen", "shared": True, "subject": "Før timen din", "text": "Hei {{fornavn}}: {{timen}}."}


def template(office, **facts):
    with acting(office.cast.actor(office.cast.ali)):
        return save_template(TemplateFacts(**FACTS | facts))


def choose(office, kind, row):
    """As the administrator does it over REST."""
    asked = Api(office.cast, office.cast.ali)
    return asked.put(f"appointment-types/{kind.id}/automatic-dialog", {"template_id": str(row.id) if row else None})


def reserve(office, slot):
    office.helsenorge.send(office.helsenorge.reserve(office.cast.ola, time_of(slot, office.cast.kari_party.her_id)))
    office.work()


def worker() -> None:
    """Two looks of the worker, as its own role."""
    with as_role("skranke_worker"):
        for _ in range(2):
            clock.move(timedelta(seconds=2))
            look(JOB)


def appointment_page(office, appointment) -> str:
    """What Kari reads of it."""
    with as_role("skranke_web"):
        page = logged_in(office.cast, office.cast.kari).get(
            address(office.cast, "schedule-appointment", appointment.id)
        )
        return html.fromstring(body(page)).text_content()


def letters(office) -> list[Thread]:
    with office.acting():
        return list(Thread.objects.filter(kind=DialogKind.E_DIALOG).order_by("created_at"))


@pytest.mark.req("BOK-15", "TPL-5")
def test_a_booking_in_helsenorge_sends_the_dialog_of_the_type_once(office) -> None:
    book_of, cast = open_book(office), office.cast
    with acting(cast.actor(cast.ali)):
        file = upload(PDF, "veien.pdf")
    row = template(office, attachment_ids=(file.id,), to=(f"employee:{cast.mona.id}",), important=True, reply_days=2)
    assert choose(office, book_of.slots[0].type, row).status == 200
    reserve(office, book_of.slots[0])
    assert not letters(office)
    worker()
    (thread,) = letters(office)
    with office.acting():
        message = Message.objects.get(thread=thread)
        start = format_moment(book_of.slots[0].during.lower, "lang")
        assert (message.text, message.author_id, message.author_name) == (f"Hei Ola: {start}.", None, cast.clinic.name)
        assert [one.name for one in Attachment.objects.filter(message=message)] == ["veien.pdf"]
        assert {one.employee_id for one in thread.participants.all()} == {cast.mona.id, cast.kari.id}
        assert (thread.patient_id, thread.important, thread.reply_due is not None) == (cast.ola.id, True, True)
        appointment = Appointment.objects.get()
        AutomaticDialog.objects.filter(appointment=appointment, state="sent", thread=thread).get()
    worker()
    assert len(letters(office)) == 1
    assert "Automatisk dialog sendt" in appointment_page(office, appointment)
    read = Api(cast, cast.kari).get(f"threads/{thread.id}").body
    assert (read["kind"], read["messages"][0]["delivery"]) == ("e_dialog", "ready")


@pytest.mark.req("BOK-15", "TYP-4")
def test_neither_a_move_nor_staff_nor_another_type_sends_one(office) -> None:
    one = open_book(office)
    with office.acting():
        late = one.slots[-1].during.upper
        other = add_single_slot(one.schedule, start=late, type=create_type(name="Annet", minutes=20))
    assert choose(office, one.slots[0].type, template(office)).status == 200
    with acting(office.cast.actor(office.cast.ali)):
        book(slot=one.slots[0], patient=office.cast.ola, through="staff")
        book(slot=other, patient=office.cast.ola, through="portal")
    worker()
    assert not letters(office)
    with acting(office.cast.actor(office.cast.ali)):
        booked = book(slot=one.slots[1], patient=office.cast.nora, through="portal")
    worker()
    with acting(office.cast.actor(office.cast.ali)):
        move(Appointment.objects.get(id=booked.id), slot=one.slots[2])
    worker()
    assert [thread.patient_id for thread in letters(office)] == [office.cast.nora.id]


@pytest.mark.req("BOK-15")
def test_what_is_given_up_before_the_worker_comes_sends_none(office) -> None:
    book_of = open_book(office)
    choose(office, book_of.slots[0].type, template(office))
    with acting(office.cast.actor(office.cast.ali)):
        booked = book(slot=book_of.slots[0], patient=office.cast.ola, through="portal")
        cancel(Appointment.objects.get(id=booked.id), by="clinic")
    worker()
    assert not letters(office)


@pytest.mark.req("BOK-15", "TPL-3")
def test_an_empty_hole_is_never_sent_and_the_appointment_says_why(office) -> None:
    book_of, cast = open_book(office), office.cast
    choose(office, book_of.slots[0].type, template(office, text="Ring {{telefon}}."))
    with acting(cast.actor(cast.ali)):
        type(cast.clinic).objects.filter(id=cast.clinic.id).update(phone="")
        booked = book(slot=book_of.slots[0], patient=cast.ola, through="portal")
    worker()
    assert not letters(office)
    assert "Automatisk dialog ikke sendt: {{telefon}} er ikke fylt ut" in appointment_page(office, booked)


@pytest.mark.req("TPL-5", "BOK-15")
def test_only_an_administrator_chooses_and_only_what_can_be_sent_by_itself(office) -> None:
    kind, cast = open_book(office).slots[0].type, office.cast
    row = template(office)
    path, facts = f"appointment-types/{kind.id}/automatic-dialog", {"template_id": str(row.id)}
    with as_role("skranke_web"):
        assert Api(cast, cast.anne).put(path, facts).status == 403
        page = address(cast, "settings-template-automatic", row.id)
        assert logged_in(cast, cast.anne).post(page, {"type": str(kind.id)}).status_code == 403
        ali = logged_in(cast, cast.ali)
        assert ali.post(page, {"type": str(kind.id)}).status_code == 302
        with office.acting():
            assert type(kind).objects.get(id=kind.id).automatic_dialog_id == row.id
        # While it is sent it is neither taken away nor made into what could not be.
        assert Api(cast, cast.ali).delete(f"templates/{row.id}").status == 409
        assert "sendes automatisk" in body(ali.post(address(cast, "settings-template", row.id), {"fjern": "ja"}))
        wrong = (
            {"shared": False},
            {"text": ""},
            {"to_patient": False},
            {"kind": "e_contact"},
            {"task": {"whose": "user"}},
        )
        for number, change in enumerate(wrong):
            stated = FACTS | change
            assert Api(cast, cast.ali).put(f"templates/{row.id}", stated, **{"If-Match": "*"}).status == 422
            other = Api(cast, cast.ali).post("templates", stated | {"title": f"Annen {number}"}).body
            assert Api(cast, cast.ali).put(path, {"template_id": other["id"]}).status == 422
        assert choose(office, kind, None).status == 200
        assert Api(cast, cast.ali).delete(f"templates/{row.id}").status == 204


@pytest.mark.req("TPL-3", "BOK-15")
def test_the_task_of_the_template_is_the_patient_s(office) -> None:
    book_of = open_book(office)
    task = TemplateTask(whose=TaskFor.PATIENT, days=1, text="Fyll ut skjemaet")
    choose(office, book_of.slots[0].type, template(office, task=task, to_user=False))
    reserve(office, book_of.slots[0])
    worker()
    (thread,) = letters(office)
    assert (thread.is_task, thread.task_employee_id, thread.task_text) == (True, None, "Fyll ut skjemaet")
    with office.acting():
        # Nobody is named in it: the owner of the timebok takes part, so that an answer is read (MSG-11).
        assert [one.employee_id for one in thread.participants.all()] == [office.cast.kari.id]
