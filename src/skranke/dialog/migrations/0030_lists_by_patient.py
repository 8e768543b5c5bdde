from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dialog", "0029_message_period"),
    ]

    operations = [
        migrations.AddField(
            model_name="listlayout",
            name="by_patient",
            field=models.BooleanField(default=False),
        ),
    ]
