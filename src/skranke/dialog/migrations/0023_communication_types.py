"""What patients may start in our own channel, as the clinic sets it up (RCV-20 to RCV-23)."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

import skranke.kernel.ids
from skranke.tenancy.operations import PATIENT_ROLE, definer_function, protect, referable, same_clinic

_LISTS = """
    SELECT DISTINCT open.patient_list_id
    FROM dialog_typelist open
    JOIN dialog_communicationtype kind ON kind.id = open.type_id AND kind.active
    JOIN patients_patientlistmember member ON member.list_id = open.patient_list_id
    WHERE member.patient_id = (SELECT NULLIF(current_setting('skranke.person', true), '')::uuid)
    AND member.clinic_id = open.clinic_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0014_clinical_words"),
        ("dialog", "0022_inbox_order"),
        ("patients", "0011_represented"),
    ]

    operations = [
        migrations.CreateModel(
            name="CommunicationType",
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
                        choices=[
                            ("e_dialog", "E Dialog"),
                            ("e_consultation", "E Consultation"),
                            ("prescription_request", "Prescription Request"),
                            ("invoice_question", "Invoice Question"),
                        ],
                        max_length=30,
                    ),
                ),
                ("active", models.BooleanField(default=False)),
                (
                    "senders",
                    models.CharField(
                        choices=[("all", "All"), ("gp_list", "Gp List"), ("clinic", "Clinic"), ("lists", "Lists")],
                        max_length=10,
                    ),
                ),
                ("format", models.CharField(choices=[("units", "Units"), ("people", "People")], max_length=10)),
                ("version", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="TypeList",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="TypeRecipient",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
            ],
        ),
        migrations.AddField(
            model_name="thread",
            name="own_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("e_dialog", "E Dialog"),
                    ("e_consultation", "E Consultation"),
                    ("prescription_request", "Prescription Request"),
                    ("invoice_question", "Invoice Question"),
                ],
                default="",
                max_length=30,
            ),
        ),
        migrations.AddConstraint(
            model_name="thread",
            constraint=models.CheckConstraint(
                condition=models.Q(("own_type", ""), ("channel", "own"), _connector="OR"), name="thread_own_type_is_own"
            ),
        ),
        migrations.AddConstraint(
            model_name="communicationtype",
            constraint=models.UniqueConstraint(fields=("clinic_id", "kind"), name="communication_type_once"),
        ),
        migrations.AddField(
            model_name="typelist",
            name="patient_list",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patientlist"
            ),
        ),
        migrations.AddField(
            model_name="typelist",
            name="type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lists", to="dialog.communicationtype"
            ),
        ),
        migrations.AddField(
            model_name="typerecipient",
            name="employee",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.employee"
            ),
        ),
        migrations.AddField(
            model_name="typerecipient",
            name="group",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.group"
            ),
        ),
        migrations.AddField(
            model_name="typerecipient",
            name="role",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.role"
            ),
        ),
        migrations.AddField(
            model_name="typerecipient",
            name="type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="recipients", to="dialog.communicationtype"
            ),
        ),
        migrations.AddConstraint(
            model_name="typelist",
            constraint=models.UniqueConstraint(fields=("type", "patient_list"), name="type_list_once"),
        ),
        migrations.AddConstraint(
            model_name="typerecipient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("group", None), ("role", None)),
                    models.Q(("employee", None), ("role", None)),
                    models.Q(("employee", None), ("group", None)),
                    _connector="OR",
                ),
                name="type_recipient_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="typerecipient",
            constraint=models.UniqueConstraint(
                fields=("type", "employee", "group", "role"), name="type_recipient_once", nulls_distinct=False
            ),
        ),
        *(protect(f"dialog_{table}") for table in ("communicationtype", "typerecipient", "typelist")),
        referable("dialog_communicationtype"),
        *(
            same_clinic("dialog_typerecipient", f"{column}_id", target)
            for column, target in (
                ("type", "dialog_communicationtype"),
                ("employee", "clinics_employee"),
                ("group", "clinics_group"),
                ("role", "clinics_role"),
            )
        ),
        same_clinic("dialog_typelist", "type_id", "dialog_communicationtype"),
        same_clinic("dialog_typelist", "patient_list_id", "patients_patientlist"),
        # Who stands on which list is no patient's to read. This tells whoever acts of the own place alone, and only on
        # lists that open a type of the own clinic.
        definer_function("opening_lists_of_me()", "SETOF uuid", _LISTS),
        RunSQL(
            f"GRANT EXECUTE ON FUNCTION opening_lists_of_me() TO {PATIENT_ROLE}",
            f"REVOKE EXECUTE ON FUNCTION opening_lists_of_me() FROM {PATIENT_ROLE}",
        ),
    ]
