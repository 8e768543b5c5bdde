"""Events that repeat know their series, and which of them were given a time of their own (PLN-15)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0018_waiting_list"),
    ]

    operations = [
        migrations.AddField(model_name="calendarevent", name="series", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="calendarevent", name="apart", field=models.BooleanField(default=False)),
        migrations.AddIndex(
            model_name="calendarevent",
            index=models.Index(
                condition=models.Q(("series__isnull", False)), fields=["series"], name="calendar_event_series"
            ),
        ),
    ]
