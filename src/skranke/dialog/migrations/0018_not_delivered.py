"""Which messages were not delivered is found without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0013_receivers"),
        ("dialog", "0017_handling"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("delivery__in", ["expired", "failed", "rejected"])),
                fields=["clinic_id", "thread"],
                name="message_not_delivered",
            ),
        ),
    ]
