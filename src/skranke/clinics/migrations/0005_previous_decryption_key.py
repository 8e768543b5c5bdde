from django.db import migrations, models

NEW = (
    "decryption_password",
    "previous_decryption_certificate",
    "previous_decryption_key",
    "previous_decryption_password",
    "signing_password",
)


class Migration(migrations.Migration):
    dependencies = [("clinics", "0004_shows_practitioners")]

    operations = [
        migrations.AddField(
            model_name="communicationprofile",
            name=name,
            field=models.CharField(blank=True, default="", max_length=500),
        )
        for name in NEW
    ]
