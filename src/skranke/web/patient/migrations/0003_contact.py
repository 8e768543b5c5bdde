"""A patient writes the own contact data under a new version, so that the clinic's edit meanwhile is not lost."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import PATIENT_ROLE

_COLUMNS = "UPDATE (phone_key, version) ON patients_patient"


class Migration(migrations.Migration):
    dependencies = [("web_patient", "0002_relations")]

    operations = [RunSQL(f"GRANT {_COLUMNS} TO {PATIENT_ROLE}", f"REVOKE {_COLUMNS} FROM {PATIENT_ROLE}")]
