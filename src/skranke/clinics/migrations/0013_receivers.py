import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.ids
from skranke.tenancy.operations import protect, referable, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0012_opening_hours"),
    ]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="kind",
            field=models.CharField(
                choices=[("handed_over", "Handed Over"), ("nobody_reads", "Nobody Reads")], max_length=20
            ),
        ),
        migrations.CreateModel(
            name="ReceiverSetUp",
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
                            ("e_contact", "E Contact"),
                            ("e_consultation", "E Consultation"),
                            ("prescription_renewal", "Prescription Renewal"),
                            ("booking", "Booking"),
                            ("appointment_wish", "Appointment Wish"),
                            ("appointment_cancellation", "Appointment Cancellation"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("practitioner", "Practitioner"),
                            ("fixed", "Fixed"),
                            ("fixed_and_practitioner", "Fixed And Practitioner"),
                        ],
                        max_length=30,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("clinic_id", "kind"), name="receiver_set_up_once")],
            },
        ),
        migrations.CreateModel(
            name="ReceiverChoice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                (
                    "employee",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.employee"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.group"
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.role"
                    ),
                ),
                (
                    "set_up",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="choices", to="clinics.receiversetup"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("group", None), ("role", None)),
                            models.Q(("employee", None), ("role", None)),
                            models.Q(("employee", None), ("group", None)),
                            _connector="OR",
                        ),
                        name="receiver_choice_is_one",
                    ),
                    models.UniqueConstraint(
                        fields=("set_up", "employee", "group", "role"),
                        name="receiver_choice_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        *(protect(f"clinics_{table}") for table in ("receiversetup", "receiverchoice")),
        referable("clinics_receiversetup"),
        *(
            same_clinic("clinics_receiverchoice", f"{column}_id", f"clinics_{target}")
            for column, target in (
                ("set_up", "receiversetup"),
                ("employee", "employee"),
                ("group", "group"),
                ("role", "role"),
            )
        ),
        # RCV-10, at commit: a format with recipients has one, whatever way the rows came to be.
        migrations.RunSQL(
            sql=[
                """CREATE FUNCTION receivers_are_somebody() RETURNS trigger LANGUAGE plpgsql AS $body$
                BEGIN
                    IF EXISTS (
                        SELECT 1 FROM clinics_receiversetup set_up WHERE set_up.format <> 'practitioner'
                        AND NOT EXISTS (SELECT 1 FROM clinics_receiverchoice WHERE set_up_id = set_up.id)
                    ) THEN
                        RAISE check_violation USING MESSAGE = 'receivers are somebody (RCV-10)';
                    END IF;
                    RETURN NULL;
                END $body$""",
                """CREATE CONSTRAINT TRIGGER receivers_are_somebody AFTER INSERT OR UPDATE ON clinics_receiversetup
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION receivers_are_somebody()""",
                """CREATE CONSTRAINT TRIGGER receivers_stay_somebody AFTER UPDATE OR DELETE ON clinics_receiverchoice
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION receivers_are_somebody()""",
            ],
            reverse_sql=[
                "DROP TRIGGER receivers_stay_somebody ON clinics_receiverchoice",
                "DROP TRIGGER receivers_are_somebody ON clinics_receiversetup",
                "DROP FUNCTION receivers_are_somebody()",
            ],
        ),
    ]
