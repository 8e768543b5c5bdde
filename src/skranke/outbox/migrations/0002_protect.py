from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import definer_function, protect


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]

    operations = [
        protect("outbox_outboxitem"),
        RunSQL(
            "GRANT USAGE ON SEQUENCE outbox_sequence TO skranke_app",
            "REVOKE USAGE ON SEQUENCE outbox_sequence FROM skranke_app",
        ),
        definer_function(
            "outbox_due_clinics(at timestamptz)",
            "SETOF uuid",
            "SELECT DISTINCT clinic_id FROM outbox_outboxitem "
            "WHERE state = 'pending' AND not_before <= at AND (lease_until IS NULL OR lease_until <= at)",
        ),
    ]
