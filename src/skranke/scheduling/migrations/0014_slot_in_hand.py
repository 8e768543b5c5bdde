"""Who is about to book which free slot (CAL-16)."""

import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.ids
from skranke.tenancy.operations import protect, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0019_absences"),
        ("scheduling", "0013_calendars"),
    ]

    operations = [
        migrations.CreateModel(
            name="SlotInHand",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("slot_id", models.UUIDField()),
                ("seen_at", models.DateTimeField()),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clinics.employee"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("slot_id", "employee"), name="slot_in_hand_once")],
            },
        ),
        protect("scheduling_slotinhand"),
        same_clinic("scheduling_slotinhand", "employee_id", "clinics_employee"),
    ]
