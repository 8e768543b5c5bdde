from django.db import migrations

from skranke.tenancy.operations import protect, referable, same_clinic


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial"), ("clinics", "0002_protect")]

    operations = [
        protect("patients_patient"),
        protect("patients_namepart"),
        referable("patients_patient"),
        same_clinic("patients_patient", "gp_id", "clinics_employee"),
        same_clinic("patients_namepart", "patient_id", "patients_patient"),
    ]
