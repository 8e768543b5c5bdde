import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinics", "0002_protect")]

    operations = [
        migrations.AddField(model_name="clinic", name="tells_booked_times", field=models.BooleanField(default=False)),
        migrations.AlterField(
            model_name="communicationparty",
            name="services",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("e_contact", "E Contact"),
                        ("e_consultation", "E Consultation"),
                        ("prescription_renewal", "Prescription Renewal"),
                        ("booking", "Booking"),
                        ("appointment_wish", "Appointment Wish"),
                        ("appointment_cancellation", "Appointment Cancellation"),
                    ],
                    max_length=30,
                ),
                default=list,
                size=None,
            ),
        ),
    ]
