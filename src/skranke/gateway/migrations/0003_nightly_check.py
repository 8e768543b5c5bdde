from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import protect


class Migration(migrations.Migration):
    dependencies = [("gateway", "0002_protect")]

    operations = [
        migrations.CreateModel(
            name="NightlyCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("day", models.DateField()),
                ("at", models.DateTimeField(default=skranke.kernel.clock.now)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("clinic_id", "day"), name="nightly_check_once")],
            },
        ),
        protect("gateway_nightlycheck"),
    ]
