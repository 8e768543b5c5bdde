"""Who waits for a time, and what each of them is offered (REQ-6)."""

import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import definer_function, protect, referable, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("dialog", "0035_undo"),
        ("patients", "0015_economy"),
        ("scheduling", "0017_type_icon"),
        # Where the tables that these name became referable.
        ("billing", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="WaitingEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("earliest", models.DateField(null=True)),
                ("latest", models.DateField(null=True)),
                ("short_notice", models.BooleanField(default=False)),
                ("note", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("booked", "Booked"), ("removed", "Removed")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                ("created_by_name", models.CharField(max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiting_entries",
                        to="patients.patient",
                    ),
                ),
                (
                    "schedule",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.schedule",
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scheduling.appointmenttype"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SlotOffer",
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
                            ("open", "Open"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("by", models.CharField(choices=[("portal", "Portal"), ("call", "Call")], max_length=10)),
                ("why_call", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "appointment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.appointment",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="offers", to="scheduling.slot"
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="dialog.thread"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="offers", to="scheduling.waitingentry"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WaitingEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("at", models.DateTimeField(default=skranke.kernel.clock.now)),
                ("kind", models.CharField(max_length=20)),
                ("actor_name", models.CharField(max_length=200)),
                ("slot_starts", models.DateTimeField(null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="log", to="scheduling.waitingentry"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="waitingentry",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["clinic_id", "created_at"], name="waiting_entry_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")), fields=("patient", "type"), name="waiting_entry_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("earliest", None), ("latest", None), ("latest__gte", models.F("earliest")), _connector="OR"
                ),
                name="waiting_entry_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="waiting_entry_ended_or_not",
            ),
        ),
        migrations.AddConstraint(
            model_name="slotoffer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("slot",), name="slot_offer_to_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="slotoffer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("entry",), name="slot_offer_one_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="slotoffer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "withdrawn"), _negated=True),
                fields=("entry", "slot"),
                name="slot_offer_not_again",
            ),
        ),
        migrations.AddConstraint(
            model_name="slotoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="slot_offer_ended_or_not",
            ),
        ),
        migrations.AddConstraint(
            model_name="slotoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("appointment__isnull", False), ("state", "accepted")),
                    models.Q(models.Q(("state", "accepted"), _negated=True), ("appointment", None)),
                    _connector="OR",
                ),
                name="slot_offer_accepted_is_booked",
            ),
        ),
        migrations.AddIndex(
            model_name="waitingevent",
            index=models.Index(fields=["entry", "at"], name="waiting_log_order"),
        ),
        referable("scheduling_waitingentry"),
        referable("scheduling_slot"),
        *map(protect, ("scheduling_waitingentry", "scheduling_slotoffer", "scheduling_waitingevent")),
        same_clinic("scheduling_waitingentry", "patient_id", "patients_patient"),
        same_clinic("scheduling_waitingentry", "type_id", "scheduling_appointmenttype"),
        same_clinic("scheduling_waitingentry", "schedule_id", "scheduling_schedule"),
        same_clinic("scheduling_slotoffer", "entry_id", "scheduling_waitingentry"),
        same_clinic("scheduling_slotoffer", "patient_id", "patients_patient"),
        same_clinic("scheduling_slotoffer", "slot_id", "scheduling_slot"),
        same_clinic("scheduling_slotoffer", "appointment_id", "scheduling_appointment"),
        same_clinic("scheduling_slotoffer", "thread_id", "dialog_thread"),
        same_clinic("scheduling_waitingevent", "entry_id", "scheduling_waitingentry"),
        definer_function(
            "clinics_with_waiting_list()",
            "SETOF uuid",
            "SELECT DISTINCT clinic_id FROM scheduling_waitingentry WHERE state = 'waiting'",
        ),
    ]
