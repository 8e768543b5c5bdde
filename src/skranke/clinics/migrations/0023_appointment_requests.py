"""Whether patients may ask for a time in the portal (REQ-1)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0022_receiver_periods"),
    ]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="takes_requests",
            field=models.BooleanField(default=False),
        ),
    ]
