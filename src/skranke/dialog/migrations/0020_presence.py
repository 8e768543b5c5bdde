"""Who has which thread open just now (MSG-5)."""

import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.ids
from skranke.tenancy.operations import protect, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0013_receivers"),
        ("dialog", "0019_templates"),
    ]

    operations = [
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("seen_at", models.DateTimeField()),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clinics.employee"
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dialog.thread"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("thread", "employee"), name="presence_once")],
            },
        ),
        protect("dialog_presence"),
        same_clinic("dialog_presence", "thread_id", "dialog_thread"),
        same_clinic("dialog_presence", "employee_id", "clinics_employee"),
    ]
