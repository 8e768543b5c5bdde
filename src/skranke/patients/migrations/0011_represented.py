from django.db import migrations

from skranke.tenancy.operations import definer_function


class Migration(migrations.Migration):
    dependencies = [("patients", "0010_numbers")]

    operations = [
        # HNP-12: who lives at a confidential address neither represents nor is represented.
        definer_function(
            "represented_by_person(wanted text)",
            "TABLE (clinic_id uuid, patient_id uuid, relation_id uuid)",
            "SELECT r.clinic_id, r.patient_id, r.id FROM patients_relation r "
            "JOIN patients_patient p ON p.clinic_id = r.clinic_id AND p.id = r.patient_id "
            "WHERE r.national_id = wanted AND length(wanted) = 11 AND r.access AND r.ended_at IS NULL "
            "AND p.confidentiality = '' "
            "AND NOT EXISTS (SELECT FROM patients_patient o WHERE o.national_id = wanted AND o.confidentiality <> '')",
        ),
    ]
