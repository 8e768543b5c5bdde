"""Who may see Rapporter beside the administrators: a position, and the role that new ones are made from."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0016_video"),
    ]

    operations = [
        migrations.AddField(
            model_name="employee",
            name="sees_reports",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="role",
            name="accesses",
            field=ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("administrator", "Administrator"),
                        ("clinic_open", "Clinic Open"),
                        ("clinic_archive", "Clinic Archive"),
                        ("reports", "Reports"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
    ]
