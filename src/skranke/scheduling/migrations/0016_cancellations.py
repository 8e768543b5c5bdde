"""The list of cancellations to follow up (APT-15); what was cancelled before stands on it, too."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import protect, same_clinic

_EARLIER = """
    INSERT INTO scheduling_cancellation
        (id, clinic_id, appointment_id, at, by, through, by_name, reason, handled_by, by_card)
    SELECT DISTINCT ON (told.appointment_id)
           gen_random_uuid(), told.clinic_id, told.appointment_id, told.at, told.detail ->> 'by',
           told.detail ->> 'through', told.actor_name, COALESCE(told.detail ->> 'reason', ''), '', FALSE
      FROM scheduling_appointmentevent told
      JOIN scheduling_appointment gone ON gone.id = told.appointment_id
     WHERE told.kind = 'cancelled' AND gone.state IN ('cancelled_by_clinic', 'cancelled_by_patient')
     ORDER BY told.appointment_id, told.at DESC
"""


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0015_group_places"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cancellation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("at", models.DateTimeField(default=skranke.kernel.clock.now)),
                ("by", models.CharField(choices=[("clinic", "Clinic"), ("patient", "Patient")], max_length=10)),
                ("through", models.CharField(max_length=20)),
                ("by_name", models.CharField(max_length=200)),
                ("reason", models.TextField(blank=True)),
                ("handled_at", models.DateTimeField(null=True)),
                ("handled_by", models.CharField(blank=True, max_length=200)),
                ("by_card", models.BooleanField(default=False)),
                (
                    "appointment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cancellation",
                        to="scheduling.appointment",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["clinic_id", "-at", "-id"], name="cancellation_newest"),
                    models.Index(
                        condition=models.Q(("handled_at__isnull", True)),
                        fields=["clinic_id", "-at", "-id"],
                        name="cancellation_unhandled",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("handled_at__isnull", False),
                            models.Q(("by_card", False), ("handled_by", "")),
                            _connector="OR",
                        ),
                        name="cancellation_handled_or_not",
                    )
                ],
            },
        ),
        protect("scheduling_cancellation"),
        same_clinic("scheduling_cancellation", "appointment_id", "scheduling_appointment"),
        RunSQL(_EARLIER, reverse_sql=RunSQL.noop),
    ]
