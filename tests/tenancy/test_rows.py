"""Rows that are written together."""

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from skranke.audit.models import AuditEvent
from skranke.audit.services import event
from skranke.kernel.ids import new_id
from skranke.outbox.models import OutboxItem
from skranke.outbox.services import item_for, waking
from skranke.scheduling.models import WeekTemplate
from skranke.tenancy.rows import gathering, insert
from skranke.tenancy.work import acting

from cast import make_clinic


def two_rows(cast):
    subject = new_id()
    return [
        event("appointment.booked", subject_kind="appointment", subject_id=subject, detail={"å": [1]}),
        item_for(stream=f"appointment:{subject}", intent="appointment_push", subject_id=subject, detail={"code": "05"}),
    ]


@pytest.mark.req("NFR-1")
def test_rows_of_several_tables_are_written_in_one_statement_as_save_would() -> None:
    cast = make_clinic()
    with acting(cast.system):
        audit, item = two_rows(cast)
        with CaptureQueriesContext(connection) as queries:
            insert(audit, item, calls=[waking()])
        assert len(queries) == 1
        assert AuditEvent.objects.get(id=audit.id).detail == {"å": [1]}
        assert item.sequence == OutboxItem.objects.get(id=item.id).sequence
        item.stream = "appointment:other"
        item.save(update_fields=["stream"])
        assert OutboxItem.objects.get(id=item.id).stream == "appointment:other"


@pytest.mark.req("NFR-1")
def test_one_row_that_may_not_be_stops_all() -> None:
    cast = make_clinic()
    with acting(cast.system):
        audit, item = two_rows(cast)
    item.message_id = "without a rendering"
    with pytest.raises(IntegrityError), acting(cast.system):
        insert(audit, item)
    with acting(cast.system):
        assert not AuditEvent.objects.filter(id=audit.id).exists()


@pytest.mark.req("NFR-1")
def test_gathered_rows_of_several_verbs_are_written_by_one_statement_a_table_in_their_order() -> None:
    cast = make_clinic()
    with acting(cast.system):
        pairs = [two_rows(cast) for _ in range(3)]
        with CaptureQueriesContext(connection) as queries, gathering():
            for audit, item in pairs:
                insert(audit, item, calls=[waking()])
            assert len(queries) == 0
        assert len(queries) == 3, "two tables, and one call"
        assert AuditEvent.objects.filter(id__in=[audit.id for audit, _ in pairs]).count() == 3
        sequences = [OutboxItem.objects.get(id=item.id).sequence for _, item in pairs]
        assert sequences == sorted(set(sequences))


@pytest.mark.req("NFR-1")
def test_whatever_is_asked_meanwhile_finds_the_gathered_rows() -> None:
    cast = make_clinic()
    with acting(cast.system), gathering():
        audit, item = two_rows(cast)
        insert(audit)
        assert AuditEvent.objects.filter(id=audit.id).exists()
        insert(item)
        assert item.sequence == OutboxItem.objects.get(id=item.id).sequence


@pytest.mark.req("NFR-1")
def test_one_gathered_row_that_may_not_be_stops_all() -> None:
    cast = make_clinic()
    with acting(cast.system):
        (audit, item), (other, _) = two_rows(cast), two_rows(cast)
    item.message_id = "without a rendering"
    with pytest.raises(IntegrityError), acting(cast.system), gathering():
        insert(audit, item, other)
    with acting(cast.system):
        assert not AuditEvent.objects.filter(id__in=[audit.id, other.id]).exists()


@pytest.mark.req("ORG-1")
def test_a_row_of_another_clinic_is_refused() -> None:
    ours, theirs = make_clinic(), make_clinic()
    stranger = WeekTemplate(clinic_id=theirs.clinic.id, name="Uke")
    with pytest.raises(Exception, match="row-level security"), acting(ours.system):
        insert(stranger)
