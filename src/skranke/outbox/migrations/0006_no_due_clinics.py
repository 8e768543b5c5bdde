from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("outbox", "0005_of_appointment")]

    operations = [
        # A lane has a thread for each clinic, which asks about its own rows: nobody asks about all clinics.
        migrations.RunSQL("DROP FUNCTION outbox_due_clinics(timestamptz)", migrations.RunSQL.noop),
    ]
