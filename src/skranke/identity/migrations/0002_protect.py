from django.db import migrations

from skranke.tenancy.operations import definer_function, grant, protect


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    operations = [
        grant("identity_account"),
        protect("identity_apitoken"),
        definer_function(
            "grant_of_digest(wanted text)",
            "TABLE (id uuid, clinic_id uuid, employee_id uuid, scopes varchar[])",
            "SELECT id, clinic_id, employee_id, scopes FROM identity_apitoken "
            "WHERE digest = wanted AND revoked_at IS NULL",
        ),
    ]
