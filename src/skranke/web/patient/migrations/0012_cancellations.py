"""A patient who cancels puts the own cancellation on the clinic's list, and sees nothing of that list (APT-15)."""

from django.db import migrations

from skranke.tenancy.operations import patient_may

_APPOINTMENTS = "SELECT id FROM scheduling_appointment"


class Migration(migrations.Migration):
    dependencies = [("web_patient", "0011_groups"), ("scheduling", "0016_cancellations")]

    operations = [
        patient_may(
            "scheduling_cancellation",
            "INSERT",
            f"appointment_id IN ({_APPOINTMENTS}) AND by = 'patient' AND through = 'portal' AND handled_at IS NULL",
        ),
    ]
