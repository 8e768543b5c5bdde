"""A patient asks for a time, sees what became of it, and takes a request back that nobody has answered (REQ-1)."""

from django.db import migrations

from skranke.tenancy.operations import ME, patient_may

_OWN = f"patient_id = {ME}"
_TAKES = "clinic_id IN (SELECT id FROM clinics_clinic WHERE takes_requests)"
_OF_OWN = "request_id IN (SELECT id FROM scheduling_appointmentrequest)"


class Migration(migrations.Migration):
    dependencies = [
        ("web_patient", "0013_waiting_list"),
        ("clinics", "0023_appointment_requests"),
        ("scheduling", "0021_appointment_requests"),
    ]

    operations = [
        patient_may("scheduling_appointmentrequest", "SELECT", _OWN),
        patient_may("scheduling_appointmentrequest", "INSERT", f"{_OWN} AND {_TAKES}"),
        patient_may("scheduling_requestoutcome", "SELECT", _OF_OWN),
        patient_may("scheduling_requestoutcome", "INSERT", f"{_OF_OWN} AND kind = 'withdrawn' AND NOT told"),
    ]
