"""A patient's answer ends that one is demanded (MSG-16)."""

from django.db import migrations

from skranke.tenancy.operations import PATIENT_ROLE, grant


class Migration(migrations.Migration):
    dependencies = [("web_patient", "0005_merged_rows"), ("dialog", "0017_handling")]

    operations = [grant("dialog_thread", rights="UPDATE (reply_due)", role=PATIENT_ROLE)]
