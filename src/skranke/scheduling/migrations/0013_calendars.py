"""How each employee sees Timebok: settings of each view, and groups of schedules (CAL-10..12)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.ids
from skranke.tenancy.operations import protect, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0019_absences"),
        ("scheduling", "0012_holds"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarLayout",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                (
                    "kind",
                    models.CharField(choices=[("day", "Day"), ("week", "Week"), ("group", "Group")], max_length=10),
                ),
                ("hide_weekends", models.BooleanField(default=False)),
                ("colours", models.BooleanField(default=True)),
                ("times", models.BooleanField(default=False)),
                ("online", models.BooleanField(default=False)),
                ("invoices", models.BooleanField(default=False)),
                ("channels", models.BooleanField(default=False)),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clinics.employee"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("employee", "kind"), name="calendar_layout_once")],
            },
        ),
        migrations.CreateModel(
            name="DisplayGroup",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("name", models.CharField(max_length=60)),
                ("schedule_ids", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clinics.employee"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("employee", "name"), name="display_group_once"),
                    models.CheckConstraint(
                        condition=models.Q(("schedule_ids__len__gte", 1), ("schedule_ids__len__lte", 20)),
                        name="display_group_fits_the_screen",
                    ),
                ],
            },
        ),
        protect("scheduling_calendarlayout"),
        same_clinic("scheduling_calendarlayout", "employee_id", "clinics_employee"),
        protect("scheduling_displaygroup"),
        same_clinic("scheduling_displaygroup", "employee_id", "clinics_employee"),
    ]
