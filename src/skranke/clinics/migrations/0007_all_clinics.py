from django.db import migrations

from skranke.tenancy.operations import definer_function


class Migration(migrations.Migration):
    dependencies = [("clinics", "0006_moves_on_request")]

    operations = [definer_function("all_clinics()", "SETOF uuid", "SELECT id FROM clinics_clinic")]
