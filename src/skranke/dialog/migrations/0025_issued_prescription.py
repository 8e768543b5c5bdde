"""What the record system tells that it has issued (RX-11)."""

import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import protect, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("dialog", "0024_search_by_index"),
        ("patients", "0011_represented"),
    ]

    operations = [
        migrations.CreateModel(
            name="IssuedPrescription",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("name", models.TextField()),
                ("issued_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["clinic_id", "patient", "issued_at"], name="issued_prescription_of")],
            },
        ),
        protect("dialog_issuedprescription"),
        same_clinic("dialog_issuedprescription", "patient_id", "patients_patient"),
    ]
