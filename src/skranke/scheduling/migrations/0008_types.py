import django.db.models.deletion
from django.db import migrations, models

from skranke.tenancy.operations import same_clinic

# Until now one switch was for both sets of limits: what a clinic has said goes on to count.
_BOTH = "UPDATE scheduling_appointmenttype SET custom_cancellation = custom_limits"


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0016_video"),
        ("scheduling", "0007_schedule_settings"),
    ]

    operations = [
        migrations.AddField(
            model_name="appointmenttype",
            name="capacity",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="appointmenttype",
            name="custom_cancellation",
            field=models.BooleanField(default=False),
        ),
        migrations.RunSQL(_BOTH, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="appointmenttype",
            name="is_default",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="appointmenttype",
            name="notifies",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="appointmenttype",
            name="owner",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.employee"
            ),
        ),
        migrations.AddField(
            model_name="appointmenttype",
            name="price",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="appointmenttype",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="appointmenttype",
            name="colour",
            field=models.CharField(
                choices=[
                    ("grey", "Grey"),
                    ("online", "Online"),
                    ("desk", "Desk"),
                    ("acute", "Acute"),
                    ("video", "Video"),
                    ("lab", "Lab"),
                ],
                default="grey",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="appointmenttype",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility", "group"), ("capacity", 1), _connector="OR"),
                name="type_capacity_of_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointmenttype",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)), fields=("clinic_id",), name="type_default_once"
            ),
        ),
        same_clinic("scheduling_appointmenttype", "owner_id", "clinics_employee"),
    ]
