from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dialog", "0005_appointment_wish")]

    operations = [
        migrations.AddField(
            model_name="message", name="delivery_way", field=models.CharField(blank=True, max_length=10)
        ),
    ]
