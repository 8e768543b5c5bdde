"""Appointments that were made together by one rule know that they were (PLN-15)."""

import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.ids
from skranke.tenancy.operations import KEEP_OR_DROP, protect, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0021_appointment_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="RepeatedAppointment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("recurrence", models.UUIDField()),
                (
                    "appointment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="repeated",
                        to="scheduling.appointment",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["clinic_id", "recurrence"], name="appointment_recurrence")],
            },
        ),
        protect("scheduling_repeatedappointment", rights=KEEP_OR_DROP),
        same_clinic("scheduling_repeatedappointment", "appointment_id", "scheduling_appointment"),
    ]
