"""The area Økonomi of the patient card (PAT-6)."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0014_exemption"),
    ]

    operations = [
        migrations.AlterField(
            model_name="cardlayout",
            name="areas",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("basis", "Basis"),
                        ("post", "Post"),
                        ("appointments", "Timebok"),
                        ("journal", "Journal"),
                        ("relations", "Relasjon"),
                        ("notices", "Varslinger"),
                        ("consents", "Samtykkeliste"),
                        ("reservation", "Reservasjon"),
                        ("economy", "Økonomi"),
                    ],
                    max_length=20,
                ),
                default=list,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="cardlayout",
            name="hidden",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("basis", "Basis"),
                        ("post", "Post"),
                        ("appointments", "Timebok"),
                        ("journal", "Journal"),
                        ("relations", "Relasjon"),
                        ("notices", "Varslinger"),
                        ("consents", "Samtykkeliste"),
                        ("reservation", "Reservasjon"),
                        ("economy", "Økonomi"),
                    ],
                    max_length=20,
                ),
                default=list,
                size=None,
            ),
        ),
    ]
