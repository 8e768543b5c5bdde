from django.db import migrations

from skranke.tenancy.operations import WEB_ROLE, grant


class Migration(migrations.Migration):
    dependencies = [("identity", "0008_passkeys")]

    operations = [
        grant("identity_passkey", rights="SELECT, INSERT, DELETE", role=WEB_ROLE),
        grant("identity_passkey", rights="UPDATE (sign_count, used_at)", role=WEB_ROLE),
        grant("identity_session", rights="UPDATE (second_factor_at)", role=WEB_ROLE),
    ]
