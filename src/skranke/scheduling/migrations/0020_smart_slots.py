"""Smart slots: a longer free time for one of several types (PLN-13)."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.ids
from skranke.tenancy.operations import protect, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0022_receiver_periods"),
        ("scheduling", "0019_event_series"),
    ]

    operations = [
        migrations.CreateModel(
            name="SmartSlot",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "starts",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func("during", function="lower"),
                        output_field=models.DateTimeField(),
                    ),
                ),
                (
                    "ends",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func("during", function="upper"),
                        output_field=models.DateTimeField(),
                    ),
                ),
                ("type_ids", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("removed", models.BooleanField(default=False)),
                (
                    "schedule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="smart_slots",
                        to="scheduling.schedule",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("removed", False)), fields=["schedule", "ends"], name="smart_slot_end"
                    )
                ],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("removed", False)),
                        expressions=[("schedule", "="), ("during", "&&")],
                        name="smart_slot_no_overlap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("during__isempty", False)), name="smart_slot_takes_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("type_ids__len__gte", 1), ("type_ids__len__lte", 20)),
                        name="smart_slot_has_types",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SmartTypeUsed",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clinics.employee"
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="scheduling.appointmenttype"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("employee",), name="smart_type_used_once")],
            },
        ),
        *map(protect, ("scheduling_smartslot", "scheduling_smarttypeused")),
        same_clinic("scheduling_smartslot", "schedule_id", "scheduling_schedule"),
        same_clinic("scheduling_smarttypeused", "employee_id", "clinics_employee"),
        same_clinic("scheduling_smarttypeused", "type_id", "scheduling_appointmenttype"),
    ]
