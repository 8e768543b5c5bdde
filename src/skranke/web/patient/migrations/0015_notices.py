"""A patient who books plans what may be told of it, and who gives the time up takes back what is not decided (NOT-16)."""

from django.db import migrations

from skranke.tenancy.operations import ME, patient_may

_OWN = f"patient_id = {ME}"
_WAITS = "state = 'waiting'"


class Migration(migrations.Migration):
    dependencies = [("web_patient", "0014_appointment_requests"), ("notifications", "0001_notices")]

    operations = [
        # Not the decision, which tells how the clinic reaches people.
        patient_may(
            "notifications_notice",
            "SELECT",
            _OWN,
            columns="id, clinic_id, patient_id, employee_id, subject_id, event, state",
        ),
        patient_may("notifications_notice", "INSERT", f"{_OWN} AND {_WAITS}"),
        patient_may("notifications_notice", "DELETE", f"{_OWN} AND {_WAITS}"),
    ]
