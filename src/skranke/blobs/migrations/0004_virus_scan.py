"""What a virus scanner has said of content (CMP-11)."""

from django.db import migrations, models

from skranke.tenancy.operations import grant


class Migration(migrations.Migration):
    dependencies = [
        ("blobs", "0003_patient_portal"),
    ]

    operations = [
        migrations.AddField(
            model_name="blob",
            name="found",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="blob",
            name="scan",
            field=models.CharField(
                blank=True,
                choices=[("", "None"), ("clean", "Clean"), ("waiting", "Waiting"), ("infected", "Infected")],
                default="",
                max_length=10,
            ),
        ),
        grant("blobs_blob", rights="UPDATE (scan, found)"),
    ]
