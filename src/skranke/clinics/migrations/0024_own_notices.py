"""Whether the clinic sends notices of its own, and how soon an appointment is too soon for a text message (NOT-6)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0023_appointment_requests"),
    ]

    operations = [
        migrations.AddField(model_name="clinic", name="own_notices", field=models.BooleanField(default=False)),
        migrations.AddField(model_name="clinic", name="no_sms_minutes", field=models.PositiveIntegerField(default=45)),
    ]
