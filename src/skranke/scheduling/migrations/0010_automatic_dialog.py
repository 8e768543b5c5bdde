"""A type may send a template to the patient who books it, once (BOK-15)."""

import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import definer_function, protect, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("dialog", "0019_templates"),
        ("scheduling", "0009_group_keeps_its_schedules"),
    ]

    operations = [
        migrations.AddField(
            model_name="appointmenttype",
            name="automatic_dialog",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appointment_types",
                to="dialog.messagetemplate",
            ),
        ),
        migrations.CreateModel(
            name="AutomaticDialog",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("dropped", "Dropped"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("why", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                (
                    "appointment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="automatic_dialog",
                        to="scheduling.appointment",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="dialog.messagetemplate",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="dialog.thread"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["clinic_id", "created_at"],
                        name="automatic_dialog_waits",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), ("why", "")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("thread__isnull", True)),
                            _connector="OR",
                        ),
                        name="automatic_dialog_sent_or_not",
                    )
                ],
            },
        ),
        protect("scheduling_automaticdialog"),
        same_clinic("scheduling_appointmenttype", "automatic_dialog_id", "dialog_messagetemplate"),
        same_clinic("scheduling_automaticdialog", "template_id", "dialog_messagetemplate"),
        same_clinic("scheduling_automaticdialog", "thread_id", "dialog_thread"),
        definer_function(
            "clinics_with_automatic_dialogs()",
            "SETOF uuid",
            "SELECT DISTINCT clinic_id FROM scheduling_automaticdialog WHERE state = 'waiting'",
        ),
    ]
