import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0007_service_kind")]

    operations = [
        migrations.AddField(
            model_name="loginclient",
            name="log_out_uris",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=300), default=list, size=None
            ),
        ),
    ]
