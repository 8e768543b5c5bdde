"""A patient sees the finished invoice cards (POR-3). Those of a hidden appointment are as if they were not (TYP-4):
neither they, nor what was done with them.
"""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import ME, PATIENT_ROLE, definer_function, patient_may

_APPOINTMENTS = "SELECT id FROM scheduling_appointment"
_HIDDEN = f"""
    SELECT card.id
    FROM billing_invoicecard card
    JOIN scheduling_appointment appointment
      ON appointment.id = card.appointment_id AND appointment.clinic_id = card.clinic_id
    WHERE appointment.hidden AND card.patient_id = {ME}
"""  # noqa: S608 - nothing but our own words
_OF_PERSON = "patient_id IN (SELECT id FROM patients_patient)"
_TIMES = f"(subject_kind <> 'appointment' OR subject_id IN ({_APPOINTMENTS}))"
_CARDS = "(subject_kind <> 'invoice_card' OR subject_id NOT IN (SELECT hidden_cards_of_me()))"
_LOG = "ALTER POLICY patient_select ON audit_auditevent USING"


class Migration(migrations.Migration):
    dependencies = [("web_patient", "0009_notify_by"), ("billing", "0001_initial")]

    operations = [
        patient_may(
            "billing_invoicecard",
            "SELECT",
            f"patient_id = {ME} AND state = 'ready' AND (appointment_id IS NULL OR appointment_id IN ({_APPOINTMENTS}))",
            columns="id, clinic_id, patient_id, appointment_id, source, state, starts, free",
        ),
        patient_may("billing_invoiceline", "SELECT", "card_id IN (SELECT id FROM billing_invoicecard)"),
        definer_function("hidden_cards_of_me()", "SETOF uuid", _HIDDEN, role=PATIENT_ROLE),
        RunSQL(f"{_LOG} ({_OF_PERSON} AND {_TIMES} AND {_CARDS})", f"{_LOG} ({_OF_PERSON} AND {_TIMES})"),
    ]
