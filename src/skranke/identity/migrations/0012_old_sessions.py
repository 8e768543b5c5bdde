from django.db import migrations

from skranke.tenancy.operations import WEB_ROLE, WORKER_ROLE, grant, revoke


class Migration(migrations.Migration):
    dependencies = [("identity", "0011_grant_of_token")]

    operations = [
        revoke("identity_loginattempt", rights="DELETE", role=WEB_ROLE),
        *(
            grant(table, rights=rights, role=WORKER_ROLE)
            for table in ("identity_session", "identity_loginattempt")
            for rights in ("DELETE", "SELECT (opened_at)")
        ),
    ]
