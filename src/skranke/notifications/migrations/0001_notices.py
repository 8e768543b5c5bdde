"""What may be told, what was decided about it, and each way it was sent (NOT-16, NOT-17)."""

import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import definer_function, protect, referable, same_clinic


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("clinics", "0024_own_notices"),
        ("patients", "0015_economy"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.UUIDField()),
                ("event", models.CharField(max_length=20)),
                ("facts", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                ("due_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("decided", "Decided")], default="waiting", max_length=10
                    ),
                ),
                ("tried_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("route", models.CharField(blank=True, default="", max_length=10)),
                ("told", models.CharField(blank=True, default="", max_length=15)),
                ("told_id", models.UUIDField(null=True)),
                ("must_call", models.BooleanField(default=False)),
                (
                    "employee",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.employee"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="patients.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NoticeSending",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                (
                    "way",
                    models.CharField(
                        choices=[("email", "E-post"), ("sms", "SMS"), ("both", "E-post og SMS")], max_length=10
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("dropped", "Dropped"),
                            ("uncertain", "Uncertain"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("tried_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="sendings",
                        to="notifications.notice",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["clinic_id", "due_at"], name="notice_due"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["clinic_id", "subject_id", "created_at"], name="notice_subject"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("subject_id", "event", "employee"),
                name="notice_waits_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("event__in", ["booked", "changed", "cancelled", "reminder"])), name="notice_event"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("route", ""), ("state", "waiting")),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("route__in", ["helsenorge", "own", "none"]),
                        ("state", "decided"),
                    ),
                    _connector="OR",
                ),
                name="notice_decided_or_not",
            ),
        ),
        migrations.AddIndex(
            model_name="noticesending",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "sending"])),
                fields=["clinic_id", "next_at"],
                name="notice_to_send",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticesending",
            constraint=models.UniqueConstraint(fields=("notice", "way"), name="notice_sent_once_a_way"),
        ),
        migrations.AddConstraint(
            model_name="noticesending",
            constraint=models.CheckConstraint(condition=models.Q(("way__in", ["email", "sms"])), name="notice_way"),
        ),
        migrations.AddConstraint(
            model_name="noticesending",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_at__isnull", False), ("state", "sent")),
                    models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", True)),
                    _connector="OR",
                ),
                name="notice_sent_or_not",
            ),
        ),
        referable("notifications_notice"),
        *map(protect, ("notifications_notice", "notifications_noticesending")),
        same_clinic("notifications_notice", "patient_id", "patients_patient"),
        same_clinic("notifications_notice", "employee_id", "clinics_employee"),
        same_clinic("notifications_noticesending", "notice_id", "notifications_notice"),
        definer_function(
            "clinics_with_notices_due(at timestamptz)",
            "SETOF uuid",
            "SELECT DISTINCT clinic_id FROM notifications_notice WHERE state = 'waiting' AND due_at <= at",
        ),
        definer_function(
            "clinics_with_notices_to_send(at timestamptz)",
            "SETOF uuid",
            "SELECT DISTINCT clinic_id FROM notifications_noticesending "
            "WHERE state IN ('waiting', 'sending') AND next_at <= at",
        ),
    ]
