"""An index in the order of the inbox: the top of a crowded one is found without sorting all of it."""

from datetime import date

from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0014_clinical_words"),
        ("dialog", "0021_renewal_items"),
        ("patients", "0011_represented"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(
                models.F("clinic_id"),
                models.OrderBy(models.F("important"), descending=True),
                Coalesce("answer_due", models.Value(date(9999, 12, 31))),
                models.OrderBy(models.F("last_message_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("state", "open")),
                name="thread_inbox_order",
            ),
        ),
    ]
