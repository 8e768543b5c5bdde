"""Since when somebody waits for HelseNorge to tell whether a patient can be reached (PAT-10)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0006_gp_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="patient",
            name="helsenorge_asked_at",
            field=models.DateTimeField(null=True),
        ),
    ]
