import django.db.models.deletion
from django.db import migrations, models

from skranke.tenancy.operations import same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0015_limits"),
        ("scheduling", "0006_owners_and_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="schedule",
            name="department",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.department"
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="owner_sms",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="schedule",
            name="reminders",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="appointmenttype",
            name="first_only",
            field=models.CharField(
                blank=True, choices=[("schedule", "Schedule"), ("day", "Day"), ("all", "All")], max_length=10
            ),
        ),
        migrations.AlterField(
            model_name="schedule",
            name="first_only",
            field=models.CharField(
                blank=True, choices=[("schedule", "Schedule"), ("day", "Day"), ("all", "All")], max_length=10
            ),
        ),
        same_clinic("scheduling_schedule", "department_id", "clinics_department"),
    ]
