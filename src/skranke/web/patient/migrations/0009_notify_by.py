"""A patient says how the clinic's own notices are to come (NOT-7, POR-11)."""

from django.db import migrations

from skranke.tenancy.operations import PATIENT_ROLE, grant


class Migration(migrations.Migration):
    dependencies = [("web_patient", "0008_booking"), ("patients", "0012_notify_by")]

    operations = [grant("patients_patient", rights="UPDATE (notify_by)", role=PATIENT_ROLE)]
