"""National ids that patients had before, and rows of the same person that became one."""

import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import protect, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0011_positions_have_roles"),
        ("patients", "0009_patient_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="PatientNumber",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("national_id", models.CharField(max_length=11)),
                ("until", models.DateTimeField(default=skranke.kernel.clock.now)),
                ("changed_by_name", models.CharField(max_length=200)),
            ],
        ),
        migrations.AddField(
            model_name="patient",
            name="merged_into",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="merged", to="patients.patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True), models.Q(("national_id", ""), ("on_gp_list", False)), _connector="OR"
                ),
                name="patient_merged_has_no_number",
            ),
        ),
        migrations.AddField(
            model_name="patientnumber",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="numbers", to="patients.patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="patientnumber",
            constraint=models.UniqueConstraint(fields=("clinic_id", "national_id"), name="patient_number_once"),
        ),
        migrations.AddConstraint(
            model_name="patientnumber",
            constraint=models.CheckConstraint(
                condition=models.Q(("national_id__regex", "^[0-9]{11}$")), name="patient_number_is_complete"
            ),
        ),
        protect("patients_patientnumber"),
        same_clinic("patients_patientnumber", "patient_id", "patients_patient"),
        same_clinic("patients_patient", "merged_into_id", "patients_patient"),
    ]
