from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinics", "0003_beside_booking")]

    operations = [
        migrations.AddField(model_name="clinic", name="shows_practitioners", field=models.BooleanField(default=False)),
    ]
