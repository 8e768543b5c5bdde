"""What a thread was on the wire before it was turned into a dialog of another kind (JRN-4, RX-17)."""

import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import protect, referable, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0012_opening_hours"),
        ("dialog", "0014_drafts"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="points_on",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="EarlierConversation",
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
                    models.CharField(
                        choices=[
                            ("e_contact", "E Contact"),
                            ("e_consultation", "E Consultation"),
                            ("prescription_renewal", "Prescription Renewal"),
                            ("appointment_wish", "Appointment Wish"),
                            ("e_dialog", "E Dialog"),
                            ("internal", "Internal"),
                            ("unknown", "Unknown"),
                        ],
                        max_length=30,
                    ),
                ),
                ("conversation", models.CharField(max_length=255)),
                ("ended_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="earlier", to="dialog.thread"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="message",
            name="earlier",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="dialog.earlierconversation",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("points_on", True)), fields=("earlier",), name="message_points_on_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("points_on", False), models.Q(("direction", "out"), ("earlier__isnull", False)), _connector="OR"
                ),
                name="message_points_on_from_earlier",
            ),
        ),
        migrations.AddConstraint(
            model_name="earlierconversation",
            constraint=models.UniqueConstraint(fields=("clinic_id", "conversation"), name="earlier_conversation_once"),
        ),
        protect("dialog_earlierconversation"),
        referable("dialog_earlierconversation"),
        same_clinic("dialog_earlierconversation", "thread_id", "dialog_thread"),
        same_clinic("dialog_message", "earlier_id", "dialog_earlierconversation"),
    ]
