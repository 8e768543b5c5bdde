import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.ids
from skranke.tenancy.operations import protect


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0003_beside_booking"),
        ("dialog", "0002_protect"),
        ("scheduling", "0004_resource_category"),
    ]

    operations = [
        migrations.CreateModel(
            name="Wish",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("time", "Time"), ("change", "Change"), ("cancellation", "Cancellation")],
                        max_length=15,
                    ),
                ),
                ("accepts_other", models.BooleanField(default=False)),
                ("named_start", models.DateTimeField(null=True)),
                ("named_end", models.DateTimeField(null=True)),
                (
                    "appointment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wishes",
                        to="scheduling.appointment",
                    ),
                ),
                (
                    "thread",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="wish", to="dialog.thread"
                    ),
                ),
                (
                    "wanted",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.employee",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        protect("scheduling_wish"),
    ]
