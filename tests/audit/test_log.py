"""The audit log tells who did what, and cannot be changed afterwards."""

import re
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.audit.queries import events_about, events_of_patient
from skranke.audit.services import record
from skranke.kernel import log
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.ids import new_id
from skranke.tenancy.work import NoActorError, acting

from cast import make_clinic

DOCS = Path(__file__).parents[2] / "docs" / "audit.md"


@pytest.mark.req("NFR-1")
def test_a_row_names_the_actor_the_thing_the_patient_and_the_request() -> None:
    cast, thing = make_clinic(), new_id()
    with acting(cast.actor(cast.ali)), log.bind(request_id="r-1"):
        record(
            Action.THREAD_READ, subject_kind="thread", subject_id=thing, patient_id=cast.ola.id, detail={"messages": 2}
        )
        [event] = events_about("thread", thing)
    assert (event.action, event.purpose, event.request_id) == ("thread.read", "care", "r-1")
    assert (event.actor_kind, event.actor_id) == ("employee", cast.ali.id)
    assert (event.actor_name, event.actor_role) == ("Ali Khan", "secretary")
    assert (event.patient_id, event.detail) == (cast.ola.id, {"messages": 2})


@pytest.mark.req("NFR-1")
@pytest.mark.parametrize(
    ("kind", "purpose"),
    [("employee", "care"), ("patient", "own_access"), ("system", "exchange"), ("operator", "operation")],
)
def test_the_purpose_follows_the_kind_of_actor_unless_told(kind: str, purpose: str) -> None:
    cast, thing = make_clinic(), new_id()
    with acting(Actor(kind=ActorKind(kind), clinic_id=cast.clinic.id, person_id=cast.ola.id)):
        for told in ({}, {"purpose": "complaint"}):
            record(Action.THREAD_READ, subject_kind="thread", subject_id=thing, patient_id=cast.ola.id, **told)
        assert [event.purpose for event in events_about("thread", thing)] == ["complaint", purpose]


@pytest.mark.req("NFR-1")
def test_no_program_can_change_or_delete_a_row() -> None:
    cast = make_clinic()
    for change in ("UPDATE audit_auditevent SET action = 'a.b'", "DELETE FROM audit_auditevent"):
        with acting(cast.system), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(change)


@pytest.mark.req("NFR-1")
def test_a_row_is_as_durable_as_what_it_tells_of() -> None:
    cast = make_clinic()

    def fail_after_recording() -> None:
        record(Action.THREAD_READ, subject_kind="thread", subject_id=None, patient_id=cast.ola.id, purpose="undone")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), acting(cast.system):
        fail_after_recording()
    with acting(cast.system):
        assert "undone" not in {event.purpose for event in events_of_patient(cast.ola.id)}


def test_an_unknown_action_and_a_missing_actor_are_refused() -> None:
    cast = make_clinic()
    with acting(cast.system), pytest.raises(ValueError, match=r"thread\.sung"):
        record("thread.sung", subject_kind="thread", subject_id=None)
    with pytest.raises(NoActorError):
        record(Action.THREAD_READ, subject_kind="thread", subject_id=None)
    with acting(cast.system), pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.create(clinic_id=cast.clinic.id, action="no verb")


def test_every_action_is_documented_and_every_documented_action_exists() -> None:
    documented = re.findall(r"^\| `([a-z_.]+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(documented) == sorted(Action)


@pytest.mark.req("NFR-1")
def test_every_action_of_the_registry_is_written_by_somebody() -> None:
    sources = Path(__file__).parents[2] / "src" / "skranke"
    code = "\n".join(path.read_text() for path in sources.rglob("*.py"))
    assert [action.name for action in Action if f"Action.{action.name}" not in code] == []
