from django.db import migrations

from skranke.tenancy.operations import definer_function


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_protect")]

    operations = [
        definer_function(
            "clinics_of_person(wanted text)",
            "SETOF uuid",
            "SELECT clinic_id FROM patients_patient WHERE national_id = wanted AND length(wanted) = 11",
        ),
    ]
