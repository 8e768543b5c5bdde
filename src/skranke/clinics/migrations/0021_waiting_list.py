"""How many hours a time is held for somebody on the waiting list (REQ-6)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0020_substitutes"),
    ]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="waiting_offer_hours",
            field=models.PositiveIntegerField(default=24),
        ),
    ]
