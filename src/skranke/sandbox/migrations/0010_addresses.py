from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0009_archive")]

    operations = [
        migrations.AddField(
            model_name="citizen",
            name="strictly_confidential",
            field=models.BooleanField(default=False, db_default=False),
        ),
        *(
            migrations.AddField(
                model_name="citizen",
                name=name,
                field=models.CharField(blank=True, default="", db_default="", max_length=length),
            )
            for name, length in (("address_line", 200), ("postal_code", 10), ("city", 100))
        ),
    ]
