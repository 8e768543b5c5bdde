import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0002_trouble")]

    operations = [
        migrations.AlterField(
            model_name="party",
            name="services",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("e_contact", "e_contact"),
                        ("e_consultation", "e_consultation"),
                        ("prescription_renewal", "prescription_renewal"),
                        ("booking", "booking"),
                        ("appointment_wish", "appointment_wish"),
                        ("appointment_cancellation", "appointment_cancellation"),
                    ],
                    max_length=30,
                ),
                default=list,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="appointment",
            name="state",
            field=models.CharField(
                choices=[
                    ("requested", "requested"),
                    ("confirmed", "confirmed"),
                    ("cancel_requested", "cancel_requested"),
                    ("refused", "refused"),
                    ("failed", "failed"),
                    ("cancelled", "cancelled"),
                    ("no_show", "no_show"),
                    ("completed", "completed"),
                ],
                max_length=16,
            ),
        ),
    ]
