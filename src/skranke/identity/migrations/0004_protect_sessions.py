from django.db import migrations

from skranke.tenancy.operations import ALL, WEB_ROLE, grant, revoke


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_sessions")]

    operations = [
        # They belong to no clinic, so row-level security cannot hide them: only the pages' program needs them.
        revoke("identity_account", rights=ALL),
        grant("identity_account", rights="SELECT, INSERT, UPDATE", role=WEB_ROLE),
        grant("identity_session", rights="SELECT, INSERT", role=WEB_ROLE),
        grant("identity_session", rights="UPDATE (seen_at, ended_at, end_reason, memory)", role=WEB_ROLE),
        # What sessions were kept in before.
        migrations.RunSQL("DROP TABLE IF EXISTS django_session", migrations.RunSQL.noop),
    ]
