import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import protect, referable, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0021_waiting_list"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReceiverPeriod",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("kind", models.CharField(max_length=30)),
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
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("set_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                (
                    "gp",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.employee"
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.employee"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReceiverPeriodChoice",
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
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="choices", to="clinics.receiverperiod"
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.role"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="receiverperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["e_contact", "e_consultation", "prescription_renewal"])),
                name="receiver_period_of_a_received_type",
            ),
        ),
        migrations.AddConstraint(
            model_name="receiverperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"),
                name="receiver_period_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="receiverperiod",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("gp", "="),
                    ("kind", "="),
                    (
                        models.Func(
                            "starts_at",
                            "ends_at",
                            function="tstzrange",
                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="receiver_period_of_gp_no_overlap",
            ),
        ),
        migrations.AddConstraint(
            model_name="receiverperiod",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("gp", None)),
                expressions=[
                    ("clinic_id", "="),
                    ("kind", "="),
                    (
                        models.Func(
                            "starts_at",
                            "ends_at",
                            function="tstzrange",
                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="receiver_period_of_clinic_no_overlap",
            ),
        ),
        migrations.AddConstraint(
            model_name="receiverperiodchoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("group", None), ("role", None)),
                    models.Q(("employee", None), ("role", None)),
                    models.Q(("employee", None), ("group", None)),
                    _connector="OR",
                ),
                name="receiver_period_choice_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="receiverperiodchoice",
            constraint=models.UniqueConstraint(
                fields=("period", "employee", "group", "role"), name="receiver_period_choice_once", nulls_distinct=False
            ),
        ),
        *(protect(f"clinics_{table}") for table in ("receiverperiod", "receiverperiodchoice")),
        referable("clinics_receiverperiod"),
        *(
            same_clinic(f"clinics_{table}", f"{column}_id", f"clinics_{target}")
            for table, column, target in (
                ("receiverperiod", "gp", "employee"),
                ("receiverperiod", "set_by", "employee"),
                ("receiverperiodchoice", "period", "receiverperiod"),
                ("receiverperiodchoice", "employee", "employee"),
                ("receiverperiodchoice", "group", "group"),
                ("receiverperiodchoice", "role", "role"),
            )
        ),
        # RCV-10, at commit: a format with recipients has one in a period, too, whatever way the rows came to be.
        migrations.RunSQL(
            sql=[
                """CREATE FUNCTION period_receivers_are_somebody() RETURNS trigger LANGUAGE plpgsql AS $body$
                BEGIN
                    IF EXISTS (
                        SELECT 1 FROM clinics_receiverperiod period WHERE period.format <> 'practitioner'
                        AND NOT EXISTS (SELECT 1 FROM clinics_receiverperiodchoice WHERE period_id = period.id)
                    ) THEN
                        RAISE check_violation USING MESSAGE = 'receivers in a period are somebody (RCV-10)';
                    END IF;
                    RETURN NULL;
                END $body$""",
                """CREATE CONSTRAINT TRIGGER period_receivers_are_somebody
                AFTER INSERT OR UPDATE ON clinics_receiverperiod
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION period_receivers_are_somebody()""",
                """CREATE CONSTRAINT TRIGGER period_receivers_stay_somebody
                AFTER UPDATE OR DELETE ON clinics_receiverperiodchoice
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION period_receivers_are_somebody()""",
            ],
            reverse_sql=[
                "DROP TRIGGER period_receivers_stay_somebody ON clinics_receiverperiodchoice",
                "DROP TRIGGER period_receivers_are_somebody ON clinics_receiverperiod",
                "DROP FUNCTION period_receivers_are_somebody()",
            ],
        ),
    ]
