"""An icon of an appointment type, one of those that the page kit has (TYP-2)."""

from django.db import migrations, models

_ICONS = ["bell", "bolt", "flask", "home", "journal", "people", "pill", "star", "stetho"]
_NAMES = ["Bell", "Bolt", "Flask", "Home", "Journal", "People", "Pill", "Star", "Stethoscope"]


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0016_cancellations"),
    ]

    operations = [
        migrations.AddField(
            model_name="appointmenttype",
            name="icon",
            field=models.CharField(
                blank=True, choices=list(zip(_ICONS, _NAMES, strict=True)), default="", max_length=20
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="appointmenttype",
            constraint=models.CheckConstraint(
                condition=models.Q(("icon__in", ["", *_ICONS])), name="type_icon_is_known"
            ),
        ),
    ]
