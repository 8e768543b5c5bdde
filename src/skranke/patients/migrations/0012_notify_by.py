"""How a patient wants the clinic's own notices (NOT-7)."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

_AREAS = [
    ("basis", "Basis"),
    ("post", "Post"),
    ("appointments", "Timebok"),
    ("journal", "Journal"),
    ("relations", "Relasjon"),
    ("notices", "Varslinger"),
    ("consents", "Samtykkeliste"),
    ("reservation", "Reservasjon"),
]


class Migration(migrations.Migration):
    dependencies = [("patients", "0011_represented")]

    operations = [
        migrations.AddField(
            model_name="patient",
            name="notify_by",
            field=models.CharField(
                blank=True,
                choices=[("email", "E-post"), ("sms", "SMS"), ("both", "E-post og SMS")],
                default="",
                max_length=10,
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(("notify_by__in", ["", "email", "sms", "both"])), name="patient_notify_by"
            ),
        ),
        *(
            migrations.AlterField(
                model_name="cardlayout",
                name=name,
                field=ArrayField(models.CharField(choices=_AREAS, max_length=20), default=list, size=None),
            )
            for name in ("areas", "hidden")
        ),
    ]
