import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.ids
from skranke.tenancy.operations import protect, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("dialog", "0006_message_delivery_way"),
    ]

    operations = [
        migrations.CreateModel(
            name="Prescription",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("medicine", "Medicine"),
                            ("brand", "Brand"),
                            ("pack", "Pack"),
                            ("food", "Food"),
                            ("supply", "Supply"),
                            ("prosthesis", "Prosthesis"),
                            ("goods", "Goods"),
                        ],
                        default="medicine",
                        max_length=20,
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                ("name", models.TextField()),
                ("amount", models.DecimalField(decimal_places=3, max_digits=12, null=True)),
                ("repeats", models.IntegerField(null=True)),
                ("group", models.CharField(blank=True, max_length=10)),
                ("use", models.TextField(blank=True)),
                ("purpose", models.TextField(blank=True)),
                ("prescribed", models.DateField(null=True)),
                ("expires", models.DateField(null=True)),
                ("atc", models.TextField(blank=True)),
                ("atc_name", models.TextField(blank=True)),
                ("brand", models.TextField(blank=True)),
                ("article_number", models.TextField(blank=True)),
                ("pack_size", models.TextField(blank=True)),
                ("pack_unit", models.TextField(blank=True)),
                ("pack_unit_name", models.TextField(blank=True)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="prescriptions", to="dialog.message"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("message", "number"), name="prescription_number_once")],
            },
        ),
        protect("dialog_prescription"),
        same_clinic("dialog_prescription", "message_id", "dialog_message"),
    ]
