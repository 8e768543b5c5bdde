from django.db import migrations

from skranke.tenancy.operations import protect, referable, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("dialog", "0001_initial"),
        ("blobs", "0002_protect"),
        ("clinics", "0002_protect"),
        ("patients", "0002_protect"),
    ]

    operations = [
        protect("dialog_thread"),
        protect("dialog_participant"),
        protect("dialog_reading"),
        protect("dialog_message"),
        protect("dialog_attachment"),
        protect("dialog_threadevent"),
        referable("dialog_thread"),
        referable("dialog_message"),
        same_clinic("dialog_thread", "patient_id", "patients_patient"),
        same_clinic("dialog_thread", "party_id", "clinics_communicationparty"),
        same_clinic("dialog_thread", "responsible_id", "clinics_employee"),
        same_clinic("dialog_participant", "thread_id", "dialog_thread"),
        same_clinic("dialog_participant", "employee_id", "clinics_employee"),
        same_clinic("dialog_reading", "thread_id", "dialog_thread"),
        same_clinic("dialog_reading", "employee_id", "clinics_employee"),
        same_clinic("dialog_message", "thread_id", "dialog_thread"),
        same_clinic("dialog_message", "author_id", "clinics_employee"),
        same_clinic("dialog_attachment", "message_id", "dialog_message"),
        same_clinic("dialog_attachment", "uploaded_by_id", "clinics_employee"),
        same_clinic("dialog_attachment", "blob_id", "blobs_blob"),
        same_clinic("dialog_threadevent", "thread_id", "dialog_thread"),
    ]
