"""What staff make of the items of a request for renewal, and what an answer says of each (RX-2, RX-10)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import protect, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0014_clinical_words"),
        ("dialog", "0020_presence"),
    ]

    operations = [
        migrations.CreateModel(
            name="RenewalList",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("number", models.PositiveIntegerField()),
                ("items", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("changed_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.employee"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="renewal_lists", to="dialog.message"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("request", "number"), name="renewal_list_number_once")],
            },
        ),
        migrations.CreateModel(
            name="RenewalResult",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("renewed", models.BooleanField()),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="renewal_results", to="dialog.message"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("answer", "number"), name="renewal_result_number_once")
                ],
            },
        ),
        protect("dialog_renewallist", rights="SELECT, INSERT"),
        same_clinic("dialog_renewallist", "request_id", "dialog_message"),
        same_clinic("dialog_renewallist", "employee_id", "clinics_employee"),
        protect("dialog_renewalresult", rights="SELECT, INSERT"),
        same_clinic("dialog_renewalresult", "answer_id", "dialog_message"),
    ]
