import django.db.models.deletion
from django.db import migrations, models

from skranke.tenancy.operations import same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0011_positions_have_roles"),
        ("patients", "0011_represented"),
        ("scheduling", "0005_wish"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="schedule", name="schedule_owner_fits_kind"),
        migrations.AddField(
            model_name="schedule",
            name="group",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.group"
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="patient_list",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patientlist"
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="schedule",
            name="owner_kind",
            field=models.CharField(
                choices=[("employee", "Employee"), ("group", "Group"), ("clinic", "Clinic")],
                default="employee",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="schedule",
            name="audience",
            field=models.CharField(
                choices=[("all", "All"), ("gp_list", "Gp List"), ("clinic", "Clinic"), ("list", "List")],
                default="gp_list",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("group__isnull", True), ("owner__isnull", False), ("owner_kind", "employee"))
                | models.Q(("group__isnull", False), ("owner__isnull", True), ("owner_kind", "group"))
                | models.Q(("group__isnull", True), ("owner__isnull", True), ("owner_kind", "clinic")),
                name="schedule_owner_fits_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience", "list"), ("patient_list__isnull", False))
                | models.Q(models.Q(("audience", "list"), _negated=True), ("patient_list__isnull", True)),
                name="schedule_list_fits_audience",
            ),
        ),
        same_clinic("scheduling_schedule", "group_id", "clinics_group"),
        same_clinic("scheduling_schedule", "patient_list_id", "patients_patientlist"),
    ]
