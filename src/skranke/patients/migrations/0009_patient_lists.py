"""Lists of patients that somebody at the clinic keeps (PAT-14, PAT-15)."""

import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import protect, referable, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0011_positions_have_roles"),
        ("patients", "0008_look_up"),
    ]

    operations = [
        migrations.CreateModel(
            name="PatientList",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(choices=[("custom", "Egendefinert"), ("company", "Bedriftsliste")], max_length=10),
                ),
                ("shared", models.BooleanField(default=False)),
                ("organisation_number", models.CharField(blank=True, default="", max_length=9)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.employee"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PatientListMember",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("added_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="members", to="patients.patientlist"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="list_memberships",
                        to="patients.patient",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="patientlist",
            constraint=models.UniqueConstraint(fields=("clinic_id", "owner", "name"), name="patient_list_name_once"),
        ),
        migrations.AddConstraint(
            model_name="patientlist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("organisation_number", ""),
                    models.Q(("kind", "company"), ("organisation_number__regex", "^[0-9]{9}$")),
                    _connector="OR",
                ),
                name="patient_list_of_a_company",
            ),
        ),
        migrations.AddConstraint(
            model_name="patientlistmember",
            constraint=models.UniqueConstraint(fields=("list", "patient"), name="patient_list_member_once"),
        ),
        protect("patients_patientlist"),
        protect("patients_patientlistmember"),
        referable("patients_patientlist"),
        same_clinic("patients_patientlist", "owner_id", "clinics_employee"),
        same_clinic("patients_patientlistmember", "list_id", "patients_patientlist"),
        same_clinic("patients_patientlistmember", "patient_id", "patients_patient"),
    ]
