import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0003_beside_booking")]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="replaces",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="replaced_by",
                to="sandbox.appointment",
            ),
        ),
    ]
