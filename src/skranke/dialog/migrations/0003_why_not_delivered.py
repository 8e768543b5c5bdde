from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dialog", "0002_protect")]

    operations = [
        migrations.AddField(
            model_name="message", name="delivery_code", field=models.CharField(blank=True, max_length=60)
        ),
        migrations.AddField(model_name="message", name="resends", field=models.PositiveIntegerField(default=0)),
    ]
