import django.db.models.deletion
from django.db import migrations, models

from skranke.tenancy.operations import definer_function, protect

WORKER = "skranke_worker"
AWAIT_SEAL = """
    CREATE FUNCTION audit_await_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp AS $body$
    BEGIN
      INSERT INTO audit_auditunsealed (clinic_id, event_id) VALUES (NEW.clinic_id, NEW.id);
      RETURN NULL;
    END $body$
"""
CALL_IT = "CREATE TRIGGER await_seal AFTER INSERT ON audit_auditevent FOR EACH ROW EXECUTE FUNCTION audit_await_seal()"
SEAL_WHAT_IS_THERE = (
    "INSERT INTO audit_auditunsealed (clinic_id, event_id) SELECT clinic_id, id FROM audit_auditevent ORDER BY at, id"
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_protect")]

    operations = [
        migrations.CreateModel(
            name="AuditUnsealed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("clinic_id", models.UUIDField(editable=False)),
                ("event_id", models.UUIDField()),
            ],
            options={"indexes": [models.Index(fields=["clinic_id", "id"], name="audit_unsealed_next")]},
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "clinic_id", "position", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("position", models.BigIntegerField()),
                ("form", models.PositiveSmallIntegerField()),
                ("sealed_at", models.DateTimeField()),
                ("hash", models.BinaryField(max_length=32)),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="audit.auditevent",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("event",), name="audit_seal_event_once"),
                    models.CheckConstraint(condition=models.Q(("position__gt", 0)), name="audit_seal_from_one"),
                ],
            },
        ),
        protect("audit_auditunsealed", rights="SELECT, DELETE", role=WORKER),
        protect("audit_auditseal", rights="SELECT, INSERT", role=WORKER),
        definer_function(
            "clinics_with_unsealed()",
            "SETOF uuid",
            "SELECT DISTINCT clinic_id FROM audit_auditunsealed",
            role=WORKER,
        ),
        migrations.RunSQL(
            sql=[
                AWAIT_SEAL,
                "REVOKE ALL ON FUNCTION audit_await_seal FROM PUBLIC",
                CALL_IT,
                SEAL_WHAT_IS_THERE,
            ],
            reverse_sql=["DROP TRIGGER await_seal ON audit_auditevent", "DROP FUNCTION audit_await_seal"],
        ),
    ]
