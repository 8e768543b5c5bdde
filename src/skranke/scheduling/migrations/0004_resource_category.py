from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0003_starts_and_ends")]

    operations = [
        migrations.AddField(
            model_name="appointmenttype",
            name="category",
            field=models.CharField(
                blank=True, choices=[("vaccine", "Vaccine"), ("lab", "Lab")], default="", max_length=10
            ),
            preserve_default=False,
        ),
    ]
