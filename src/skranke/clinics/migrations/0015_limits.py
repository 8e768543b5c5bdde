from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0014_clinical_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="first_only",
            field=models.CharField(
                blank=True, choices=[("schedule", "Schedule"), ("day", "Day"), ("all", "All")], max_length=10
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="limits_version",
            field=models.PositiveIntegerField(default=1),
        ),
    ]
