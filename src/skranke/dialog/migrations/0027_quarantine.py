"""A file that came and is not opened (CMP-11)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dialog", "0026_list_columns"),
    ]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="quarantine",
            field=models.CharField(blank=True, default="", max_length=10),
        ),
    ]
