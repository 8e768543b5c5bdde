import django.contrib.postgres.fields
from django.db import migrations, models

PRESCRIBERS = "UPDATE clinics_employee SET may_prescribe = true WHERE role IN ('gp', 'substitute', 'intern')"
ROLES = """
    UPDATE clinics_role SET accesses = accesses || ARRAY['prescribe']::varchar[]
    WHERE position_type IN ('gp', 'substitute', 'intern') AND NOT accesses @> ARRAY['prescribe']::varchar[]
"""


class Migration(migrations.Migration):
    """Doctors, who prescribe today, get the right; whoever else shall have it is given it by an administrator."""

    dependencies = [("clinics", "0017_sees_reports")]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="prescription_window",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="employee",
            name="may_prescribe",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="role",
            name="accesses",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("administrator", "Administrator"),
                        ("clinic_open", "Clinic Open"),
                        ("clinic_archive", "Clinic Archive"),
                        ("reports", "Reports"),
                        ("prescribe", "Prescribe"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.RunSQL(PRESCRIBERS, migrations.RunSQL.noop),
        migrations.RunSQL(ROLES, migrations.RunSQL.noop),
    ]
