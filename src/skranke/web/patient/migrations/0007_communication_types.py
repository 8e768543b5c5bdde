"""A patient starts a dialog of a type that the clinic has opened in our own channel (RCV-20 to RCV-23)."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import ME, patient_may

_THREADS = "thread_id IN (SELECT id FROM dialog_thread)"
_OPEN = "type_id IN (SELECT id FROM dialog_communicationtype)"
_KINDS = "SELECT kind FROM dialog_communicationtype"
_PICKED = "employee_id IN (SELECT employee_id FROM dialog_typerecipient)"
_PARTICIPANTS = "ALTER POLICY patient_insert ON dialog_participant WITH CHECK"


class Migration(migrations.Migration):
    dependencies = [("web_patient", "0006_answers_demanded"), ("dialog", "0023_communication_types")]

    operations = [
        patient_may("dialog_communicationtype", "SELECT", "active"),
        patient_may("dialog_typerecipient", "SELECT", _OPEN),
        patient_may("dialog_typelist", "SELECT", _OPEN),
        patient_may(
            "dialog_thread",
            "INSERT",
            f"patient_id = {ME} AND channel = 'own' AND own_type IN ({_KINDS})",
        ),
        # Whom the patient picks for a new thread is one whom the clinic has listed.
        RunSQL(
            f"{_PARTICIPANTS} ({_THREADS} AND (employee_id IS NULL OR {_PICKED}))",
            f"{_PARTICIPANTS} (employee_id IS NULL AND {_THREADS})",
        ),
    ]
