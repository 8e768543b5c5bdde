from django.db import migrations

from skranke.tenancy.operations import APPEND_ONLY, protect, referable, same_clinic


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial"), ("patients", "0002_protect"), ("blobs", "0002_protect")]

    operations = [
        protect("journal_journalentry", rights=APPEND_ONLY),
        protect("journal_journalattachment", rights=APPEND_ONLY),
        referable("journal_journalentry"),
        same_clinic("journal_journalentry", "patient_id", "patients_patient"),
        same_clinic("journal_journalattachment", "entry_id", "journal_journalentry"),
        same_clinic("journal_journalattachment", "blob_id", "blobs_blob"),
    ]
