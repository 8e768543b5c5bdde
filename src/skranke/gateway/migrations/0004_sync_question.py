from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import protect


class Migration(migrations.Migration):
    dependencies = [("gateway", "0003_nightly_check")]

    operations = [
        migrations.CreateModel(
            name="SyncQuestion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("correlation_id", models.CharField(max_length=64)),
                ("function", models.CharField(max_length=60)),
                ("asked_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                ("answered_at", models.DateTimeField(null=True)),
                ("code", models.CharField(blank=True, max_length=10)),
                ("fault", models.CharField(blank=True, max_length=60)),
                ("document", models.BinaryField()),
                ("reply", models.BinaryField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic_id", "correlation_id"), name="sync_question_once")
                ],
            },
        ),
        protect("gateway_syncquestion"),
    ]
