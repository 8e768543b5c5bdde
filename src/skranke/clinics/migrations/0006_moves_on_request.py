from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinics", "0005_previous_decryption_key")]

    operations = [
        migrations.AddField(model_name="clinic", name="moves_on_request", field=models.BooleanField(default=False)),
    ]
