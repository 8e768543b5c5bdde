from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dialog", "0004_message_appointment"),
    ]

    operations = [
        migrations.AlterField(
            model_name="thread",
            name="kind",
            field=models.CharField(
                choices=[
                    ("e_contact", "E Contact"),
                    ("e_consultation", "E Consultation"),
                    ("prescription_renewal", "Prescription Renewal"),
                    ("appointment_wish", "Appointment Wish"),
                    ("unknown", "Unknown"),
                ],
                max_length=30,
            ),
        ),
    ]
