"""The files of an entry stand in the order of the message; those that were there before keep that of their ids."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_problem")]

    operations = [
        migrations.AddField(
            model_name="journalattachment",
            name="number",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
