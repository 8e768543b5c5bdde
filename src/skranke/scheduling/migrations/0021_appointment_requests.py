"""What patients ask for, how each request ended, and how the list of them is shown (REQ-1, REQ-2)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import APPEND_ONLY, protect, referable, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        # Where the tables that these name became referable.
        ("billing", "0001_initial"),
        ("clinics", "0023_appointment_requests"),
        ("patients", "0015_economy"),
        ("scheduling", "0020_smart_slots"),
    ]

    operations = [
        migrations.CreateModel(
            name="AppointmentRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("remark", models.TextField()),
                ("wished_date", models.DateField(null=True)),
                (
                    "wished_time",
                    models.CharField(
                        choices=[
                            ("any", "Any"),
                            ("morning", "Morning"),
                            ("midday", "Midday"),
                            ("afternoon", "Afternoon"),
                        ],
                        default="any",
                        max_length=10,
                    ),
                ),
                ("representative", models.CharField(blank=True, max_length=200)),
                ("form_id", models.UUIDField()),
                ("created_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointment_requests",
                        to="patients.patient",
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.appointmenttype",
                    ),
                ),
                (
                    "wished",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.employee"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RequestListLayout",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("patient", "Patient"),
                                ("birth_date", "Birth Date"),
                                ("remark", "Remark"),
                                ("wished_date", "Wished Date"),
                                ("wished_time", "Wished Time"),
                                ("gp", "Gp"),
                                ("wished", "Wished"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clinics.employee"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RequestOutcome",
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
                        choices=[("accepted", "Accepted"), ("declined", "Declined"), ("withdrawn", "Withdrawn")],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(default=skranke.kernel.clock.now)),
                ("by_name", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True)),
                ("told", models.BooleanField(default=False)),
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
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outcome",
                        to="scheduling.appointmentrequest",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="appointmentrequest",
            index=models.Index(fields=["clinic_id", "created_at"], name="appointment_request_order"),
        ),
        migrations.AddConstraint(
            model_name="appointmentrequest",
            constraint=models.UniqueConstraint(fields=("patient", "form_id"), name="appointment_request_once"),
        ),
        migrations.AddConstraint(
            model_name="appointmentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("remark", ""), _negated=True), name="appointment_request_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="requestlistlayout",
            constraint=models.UniqueConstraint(fields=("employee",), name="request_list_layout_once"),
        ),
        migrations.AddConstraint(
            model_name="requestoutcome",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("appointment__isnull", False), ("kind", "accepted")),
                    models.Q(models.Q(("kind", "accepted"), _negated=True), ("appointment", None)),
                    _connector="OR",
                ),
                name="request_outcome_accepted_is_booked",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestoutcome",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "declined"), _negated=True),
                    models.Q(("text", ""), _negated=True),
                    _connector="OR",
                ),
                name="request_outcome_declined_says_why",
            ),
        ),
        referable("scheduling_appointmentrequest"),
        protect("scheduling_appointmentrequest"),
        # How it ended is told to the patient, and stays.
        protect("scheduling_requestoutcome", rights=APPEND_ONLY),
        protect("scheduling_requestlistlayout"),
        same_clinic("scheduling_appointmentrequest", "patient_id", "patients_patient"),
        same_clinic("scheduling_appointmentrequest", "type_id", "scheduling_appointmenttype"),
        same_clinic("scheduling_appointmentrequest", "wished_id", "clinics_employee"),
        same_clinic("scheduling_requestoutcome", "request_id", "scheduling_appointmentrequest"),
        same_clinic("scheduling_requestoutcome", "appointment_id", "scheduling_appointment"),
        same_clinic("scheduling_requestlistlayout", "employee_id", "clinics_employee"),
    ]
