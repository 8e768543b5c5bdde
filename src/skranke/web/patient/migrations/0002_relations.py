"""A patient sees who has access to the own record, and takes it back (PAT-20)."""

from django.db import migrations

from skranke.tenancy.operations import ME, patient_may


class Migration(migrations.Migration):
    dependencies = [("web_patient", "0001_what_a_patient_may"), ("patients", "0005_card")]

    operations = [
        patient_may("patients_relation", "SELECT", f"patient_id = {ME}"),
        patient_may(
            "patients_relation", "UPDATE", f"patient_id = {ME}", columns="access, ended_at, ended_by_name, revoked"
        ),
    ]
