"""The last step of a thread can be undone; what waits so long is not seen in the portal; of which file a copy is."""

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import grant, protect, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0018_prescribing"),
        ("dialog", "0034_own_deadlines"),
    ]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="copy_of",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="held_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Undoable",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("what", models.CharField(choices=[("sent", "Sent"), ("put_away", "Put Away")], max_length=10)),
                ("done_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                ("until", models.DateTimeField()),
                ("version", models.PositiveIntegerField()),
                (
                    "thread_before",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("participants", models.JSONField(default=dict)),
                ("readings", models.JSONField(default=dict)),
                (
                    "joined",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                (
                    "message_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("draft", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                ("begun", models.BooleanField(default=False)),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clinics.employee"
                    ),
                ),
                (
                    "thread",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="undoable", to="dialog.thread"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["clinic_id", "employee", "until"], name="undoable_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("begun", False), ("message_ids", []), ("what", "put_away")),
                            models.Q(
                                ("draft__isnull", False), ("what", "sent"), models.Q(("message_ids", []), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="undoable_sent_or_put_away",
                    )
                ],
            },
        ),
        protect("dialog_undoable"),
        same_clinic("dialog_undoable", "thread_id", "dialog_thread"),
        same_clinic("dialog_undoable", "employee_id", "clinics_employee"),
        # They go with a message that is called back before it left; Django asks for both tables.
        grant("dialog_renewallist", rights="DELETE"),
        grant("dialog_renewalresult", rights="DELETE"),
    ]
