"""Drafts that wait for HelseNorge to tell whether the patient can be reached (PAT-10)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import protect, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0008_activation"),
        ("dialog", "0010_groups_take_part"),
        ("patients", "0007_reachability"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptDraft",
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
                            ("unknown", "Unknown"),
                        ],
                        max_length=30,
                    ),
                ),
                ("subject", models.TextField(blank=True)),
                ("text", models.TextField(blank=True)),
                (
                    "attachment_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("created_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                ("answered_at", models.DateTimeField(null=True)),
                ("reachable", models.BooleanField(null=True)),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clinics.employee"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="patients.patient"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["clinic_id", "employee", "-created_at"], name="kept_draft_of"),
                    models.Index(
                        condition=models.Q(("answered_at", None)),
                        fields=["clinic_id", "patient"],
                        name="kept_draft_waits",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("reachable__isnull", True)),
                            models.Q(("answered_at__isnull", False), ("reachable__isnull", False)),
                            _connector="OR",
                        ),
                        name="kept_draft_answered_or_not",
                    )
                ],
            },
        ),
        protect("dialog_keptdraft"),
        same_clinic("dialog_keptdraft", "employee_id", "clinics_employee"),
        same_clinic("dialog_keptdraft", "patient_id", "patients_patient"),
    ]
