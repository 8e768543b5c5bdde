"""What is often written: templates, shared by the clinic or one person's alone (TPL-1 to TPL-6)."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import APP_ROLE, ME, protect, referable, same_clinic

# The second wall of TPL-2, beside the one between clinics: another person's template is not there, nor are its files.
_WALLS = {
    "dialog_messagetemplate": f"owner_id IS NULL OR owner_id = {ME}",
    "dialog_attachment": "template_id IS NULL OR template_id IN (SELECT id FROM dialog_messagetemplate)",
}


def _wall(table: str) -> RunSQL:
    return RunSQL(
        sql=(
            f"CREATE POLICY whose_template ON {table} AS RESTRICTIVE TO {APP_ROLE} "
            f"USING ({_WALLS[table]}) WITH CHECK ({_WALLS[table]})"
        ),
        reverse_sql=f"DROP POLICY whose_template ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0013_receivers"),
        ("dialog", "0018_not_delivered"),
        ("patients", "0011_represented"),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("title", models.CharField(max_length=100)),
                ("description", models.CharField(blank=True, max_length=300)),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("e_contact", "E Contact"),
                            ("e_consultation", "E Consultation"),
                            ("prescription_renewal", "Prescription Renewal"),
                            ("appointment_wish", "Appointment Wish"),
                            ("e_dialog", "E Dialog"),
                            ("internal", "Internal"),
                            ("unknown", "Unknown"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("to_patient", models.BooleanField(default=True)),
                ("to_user", models.BooleanField(default=True)),
                ("subject", models.TextField(blank=True)),
                ("text", models.TextField(blank=True)),
                ("private", models.BooleanField(default=False)),
                ("important", models.BooleanField(default=False)),
                ("reply_days", models.PositiveIntegerField(null=True)),
                (
                    "task_for",
                    models.CharField(
                        blank=True,
                        choices=[("user", "User"), ("patient", "Patient"), ("employee", "Employee")],
                        max_length=10,
                    ),
                ),
                ("task_days", models.PositiveIntegerField(null=True)),
                ("task_text", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                (
                    "owner",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.employee"
                    ),
                ),
                (
                    "task_employee",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.employee"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="attachment",
            name="template",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="attachments",
                to="dialog.messagetemplate",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("template", None), models.Q(("message", None), ("uploaded_by_patient", None)), _connector="OR"
                ),
                name="attachment_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagetemplate",
            constraint=models.UniqueConstraint(
                models.F("clinic_id"),
                models.F("owner"),
                django.db.models.functions.text.Lower("title"),
                name="message_template_name_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="messagetemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("task_employee__isnull", False), ("task_for", "employee")),
                    models.Q(models.Q(("task_for", "employee"), _negated=True), ("task_employee", None)),
                    _connector="OR",
                ),
                name="message_template_task_of_one",
            ),
        ),
        protect("dialog_messagetemplate"),
        referable("dialog_messagetemplate"),
        same_clinic("dialog_messagetemplate", "owner_id", "clinics_employee"),
        same_clinic("dialog_messagetemplate", "task_employee_id", "clinics_employee"),
        same_clinic("dialog_attachment", "template_id", "dialog_messagetemplate"),
        *(_wall(table) for table in _WALLS),
    ]
