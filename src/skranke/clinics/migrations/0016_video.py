from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0015_limits"),
    ]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="has_video",
            field=models.BooleanField(default=False),
        ),
    ]
