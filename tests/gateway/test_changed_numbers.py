"""A message that names a number the patient had before is the patient's; what leaves names the new number."""

import pytest

from skranke.dialog.models import Message
from skranke.dialog.services import answer
from skranke.patients.models import Patient
from skranke.patients.numbers import change_number
from skranke.tenancy.work import acting

from cast import fresh_national_id


@pytest.mark.req("PAT-9", "DDFL-ENV-13")
def test_a_message_to_the_old_number_finds_the_patient_and_the_answer_names_the_new_one(office) -> None:
    cast, new = office.cast, fresh_national_id(age=43)
    question = office.helsenorge.e_consultation(cast.ola)
    with acting(cast.actor(cast.ali)):
        change_number(cast.ola, new.value, expected_version=1)
    office.helsenorge.send(question)
    office.answers()
    with office.acting():
        message = Message.objects.select_related("thread").get(msg_id=question.info.msg_id)
        assert message.thread.patient_id == cast.ola.id
        assert Patient.objects.filter(numbers__national_id=cast.ola.national_id).get() == cast.ola
    with office.acting(cast.kari):
        answer(message.thread, text="God bedring.")
    letters = [one for one in office.answers() if one.document.info.patient is not None]
    assert letters[-1].document.info.patient.national_id == new
