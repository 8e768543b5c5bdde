"""A resource's times may be for a corona test or a corona vaccine too (RES-13)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0010_automatic_dialog")]

    operations = [
        migrations.AlterField(
            model_name="appointmenttype",
            name="category",
            field=models.CharField(
                blank=True,
                choices=[
                    ("corona_test", "Corona Test"),
                    ("corona_vaccine", "Corona Vaccine"),
                    ("vaccine", "Vaccine"),
                    ("lab", "Lab"),
                ],
                max_length=20,
            ),
        ),
    ]
