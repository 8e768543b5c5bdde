"""The message log reads what leaves from its newest row on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0007_claim_by_one_statement"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="outboxitem",
            index=models.Index(fields=["clinic_id", "-created_at", "-id"], name="outbox_newest"),
        ),
    ]
