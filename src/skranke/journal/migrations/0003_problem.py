from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_protect")]

    operations = [
        migrations.AddField(
            model_name="journalentry",
            name="problem",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
    ]
