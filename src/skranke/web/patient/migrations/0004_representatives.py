"""What somebody does for a patient by a relation is in the audit log as that person's deed (PAT-22)."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import ME

_BY_PATIENT = f"actor_id = {ME}"
_BY_RELATION = "actor_id IN (SELECT id FROM patients_relation)"
_OF_PATIENT = f"(patient_id IS NULL OR patient_id = {ME})"
_POLICY = "ALTER POLICY patient_insert ON audit_auditevent WITH CHECK"


class Migration(migrations.Migration):
    dependencies = [("web_patient", "0003_contact")]

    operations = [
        RunSQL(
            f"{_POLICY} (({_BY_PATIENT} OR {_BY_RELATION}) AND {_OF_PATIENT})",
            f"{_POLICY} ({_BY_PATIENT} AND {_OF_PATIENT})",
        )
    ]
