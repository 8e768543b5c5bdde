from django.db import migrations

from skranke.tenancy.operations import definer_function


class Migration(migrations.Migration):
    dependencies = [("identity", "0010_token_ends")]

    operations = [
        definer_function(
            "grant_of_token(wanted text, at timestamptz)",
            "TABLE (id uuid, clinic_id uuid, employee_id uuid, name varchar, scopes varchar[], used_at timestamptz)",
            "SELECT id, clinic_id, employee_id, name, scopes, used_at FROM identity_apitoken "
            "WHERE digest = wanted AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > at)",
        ),
        migrations.RunSQL("DROP FUNCTION grant_of_digest(text)", migrations.RunSQL.noop),
    ]
