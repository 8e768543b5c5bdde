from django.db import migrations

from skranke.tenancy.operations import WEB_ROLE, grant


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_log_in_attempt")]

    operations = [
        grant("identity_loginattempt", rights="SELECT, INSERT, DELETE", role=WEB_ROLE),
        grant("identity_loginattempt", rights="UPDATE (used_at)", role=WEB_ROLE),
    ]
