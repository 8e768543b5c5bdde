"""A coarse index by when messages were written: the figures of a period do not read those of all years."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0017_sees_reports"),
        ("dialog", "0028_drafts_keep_more"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=BrinIndex(autosummarize=True, fields=["generated_at"], name="message_period"),
        ),
    ]
