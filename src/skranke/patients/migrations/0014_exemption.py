"""The exemption card (frikort) of a patient (PAT-7)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patients", "0013_residence")]

    operations = [
        migrations.AddField(
            model_name="patient",
            name="exemption",
            field=models.CharField(
                blank=True,
                choices=[("", "Ikke kjent"), ("yes", "Har frikort"), ("no", "Har ikke frikort")],
                default="",
                max_length=3,
            ),
        ),
        migrations.AddField(model_name="patient", name="exemption_until", field=models.DateField(null=True)),
        migrations.AddField(
            model_name="patient",
            name="exemption_source",
            field=models.CharField(
                blank=True,
                choices=[("staff", "klinikken"), ("record_system", "journalsystemet")],
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="exemption_by",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(model_name="patient", name="exemption_at", field=models.DateTimeField(null=True)),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("exemption", "yes"), ("exemption_until__isnull", False)),
                    models.Q(models.Q(("exemption", "yes"), _negated=True), ("exemption_until__isnull", True)),
                    _connector="OR",
                ),
                name="patient_exempt_until_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("exemption", ""),
                    models.Q(("exemption_at__isnull", False), models.Q(("exemption_source", ""), _negated=True)),
                    _connector="OR",
                ),
                name="patient_exemption_told_by_somebody",
            ),
        ),
    ]
