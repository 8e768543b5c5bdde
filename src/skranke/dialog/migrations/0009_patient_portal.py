import django.db.models.deletion
from django.db import migrations, models

from skranke.tenancy.operations import same_clinic


class Migration(migrations.Migration):
    dependencies = [("dialog", "0008_words"), ("patients", "0002_protect")]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="uploaded_by_patient",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"
            ),
        ),
        same_clinic("dialog_attachment", "uploaded_by_patient_id", "patients_patient"),
        migrations.AlterField(
            model_name="message",
            name="delivery",
            field=models.CharField(
                blank=True,
                choices=[
                    ("queued", "Queued"),
                    ("sent", "Sent"),
                    ("received", "Received"),
                    ("rejected", "Rejected"),
                    ("failed", "Failed"),
                    ("expired", "Expired"),
                    ("ready", "Ready"),
                    ("read", "Read"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="thread",
            name="kind",
            field=models.CharField(
                choices=[
                    ("e_contact", "E Contact"),
                    ("e_consultation", "E Consultation"),
                    ("prescription_renewal", "Prescription Renewal"),
                    ("appointment_wish", "Appointment Wish"),
                    ("e_dialog", "E Dialog"),
                    ("unknown", "Unknown"),
                ],
                max_length=30,
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(uploaded_by=None) | models.Q(uploaded_by_patient=None),
                name="attachment_uploaded_by_one",
            ),
        ),
    ]
