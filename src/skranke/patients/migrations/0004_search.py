"""A search by phone, by ear and with slips (PAT-1)."""

from django.db import migrations, models
from django.db.migrations.operations import RunPython, RunSQL
from django.db.migrations.state import StateApps

from skranke.patients import rules
from skranke.tenancy.operations import definer_function

# Each word must be near some word of the name: equal by ear from the beginning, or few letters off. The first letter
# must be right: so the index's range of it is all that is compared. Of two letters changed round both may be wrong.
_NEARLY = """
    WITH wanted AS (SELECT word, most FROM unnest(words, slips) AS w(word, most)),
    near AS (
        SELECT DISTINCT w.word, p.patient_id
          FROM wanted w
          JOIN patients_namepart p
            ON p.clinic_id = NULLIF(current_setting('skranke.clinic', true), '')::uuid
           AND p.loose >= left(w.word, 1) AND p.loose < left(w.word, 1) || U&'\\+10FFFF'
         WHERE levenshtein_less_equal(w.word, p.loose, w.most) <= w.most
            OR levenshtein_less_equal(w.word, left(p.loose, length(w.word)), 1) <= 1)
    SELECT patient_id FROM near GROUP BY patient_id HAVING count(*) = (SELECT count(DISTINCT word) FROM wanted)
"""


def fill(apps: StateApps, schema_editor: object) -> None:  # noqa: ARG001 - Django's own signature
    """Give the rows that are there their new keys."""
    parts, patients = apps.get_model("patients", "NamePart"), apps.get_model("patients", "Patient")
    for part in parts.objects.iterator():
        part.loose = rules.loose_key(part.key)
        part.save(update_fields=["loose"])
    for patient in patients.objects.exclude(phone="").iterator():
        patient.phone_key = rules.phone_key(patient.phone)
        patient.save(update_fields=["phone_key"])


class Migration(migrations.Migration):
    dependencies = [("patients", "0003_clinics_of_person")]

    operations = [
        RunSQL("CREATE EXTENSION IF NOT EXISTS fuzzystrmatch", RunSQL.noop),
        migrations.AddField(
            model_name="patient",
            name="phone_key",
            field=models.CharField(blank=True, db_collation="C", default="", max_length=15),
        ),
        migrations.AddField(
            model_name="namepart",
            name="loose",
            field=models.CharField(db_collation="C", default="", max_length=100),
            preserve_default=False,
        ),
        RunPython(fill, RunPython.noop),
        migrations.RemoveIndex(model_name="namepart", name="name_part_key"),
        migrations.AddIndex(
            model_name="namepart",
            index=models.Index(fields=["clinic_id", "key", "patient"], name="name_part_key"),
        ),
        migrations.AddIndex(
            model_name="namepart",
            index=models.Index(fields=["clinic_id", "loose", "patient"], name="name_part_loose"),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                condition=models.Q(("phone_key", ""), _negated=True),
                fields=["clinic_id", "phone_key"],
                name="patient_phone",
            ),
        ),
        definer_function("patients_named_nearly(words text[], slips integer[])", "SETOF uuid", _NEARLY),
    ]
