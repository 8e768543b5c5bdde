from django.db import migrations, models

import skranke.kernel.ids
from skranke.tenancy.operations import protect


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0011_positions_have_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="OpeningHours",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("weekday", models.PositiveSmallIntegerField()),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic_id", "weekday"), name="opening_hours_once"),
                    models.CheckConstraint(
                        condition=models.Q(("weekday__gte", 1), ("weekday__lte", 7)), name="opening_hours_weekday"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes__gt", models.F("opens"))), name="opening_hours_end_later"
                    ),
                ],
            },
        ),
        protect("clinics_openinghours"),
    ]
