from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dialog", "0030_lists_by_patient"),
    ]

    operations = [
        migrations.AddField(
            model_name="keptdraft",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
    ]
