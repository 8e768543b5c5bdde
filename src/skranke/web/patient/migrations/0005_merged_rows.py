"""A patient whose rows were merged sees what was done with the row that is gone too: it was the same person."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import ME

_SHOWN = "(subject_kind <> 'appointment' OR subject_id IN (SELECT id FROM scheduling_appointment))"
_OF_PERSON = "patient_id IN (SELECT id FROM patients_patient)"
_ROWS = "ALTER POLICY patient_select ON patients_patient USING"
_LOG = "ALTER POLICY patient_select ON audit_auditevent USING"


class Migration(migrations.Migration):
    dependencies = [("patients", "0010_numbers"), ("web_patient", "0004_representatives")]

    operations = [
        RunSQL(f"{_ROWS} (id = {ME} OR merged_into_id = {ME})", f"{_ROWS} (id = {ME})"),
        RunSQL(
            f"{_LOG} ({_OF_PERSON} AND {_SHOWN})",
            f"{_LOG} (patient_id = {ME} AND {_SHOWN})",
        ),
    ]
