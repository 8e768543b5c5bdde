"""What Folkeregisteret told of where a patient lives, and who is to be asked about (PAT-8)."""

import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.ids
from skranke.tenancy.operations import definer_function, protect, same_clinic


class Migration(migrations.Migration):
    dependencies = [("patients", "0012_notify_by")]

    operations = [
        migrations.AlterField(
            model_name="patient",
            name="address_source",
            field=models.CharField(
                blank=True,
                choices=[
                    ("patient", "Pasienten"),
                    ("relative", "Pårørende"),
                    ("document", "Et dokument"),
                    ("register", "Folkeregisteret"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="ResidenceReading",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "told",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Nothing"),
                            ("address", "Address"),
                            ("no_address", "No Address"),
                            ("secret", "Secret"),
                            ("not_found", "Not Found"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=60)),
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="residence_reading",
                        to="patients.patient",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="residencereading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("read_at__isnull", True), ("told", "")),
                    models.Q(models.Q(("told", ""), _negated=True), ("read_at__isnull", False)),
                    _connector="OR",
                ),
                name="residence_told_when",
            ),
        ),
        migrations.AddIndex(
            model_name="residencereading",
            index=models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="residence_due"),
        ),
        protect("patients_residencereading"),
        same_clinic("patients_residencereading", "patient_id", "patients_patient"),
        definer_function(
            "patients_with_residence_due(at_now timestamptz)",
            "TABLE (clinic_id uuid, patient_id uuid)",
            "SELECT r.clinic_id, r.patient_id FROM patients_residencereading r WHERE r.due_at <= at_now "
            "ORDER BY r.due_at LIMIT 200",
        ),
    ]
