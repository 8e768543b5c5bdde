"""The second wall of the patient portal, whole: each right a patient's unit of work has to a table, and to which rows.

What is not here, the database refuses (docs/decisions/0008). A sub-select finds what the patient may see in that
table, so that a message is shown when its thread is.
"""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import ME, PATIENT_ROLE, patient_may

_THREADS = "SELECT id FROM dialog_thread"
_MESSAGES = "SELECT id FROM dialog_message"
_FILES = "SELECT blob_id FROM dialog_attachment"
_APPOINTMENTS = "SELECT id FROM scheduling_appointment"
_OWN_APPOINTMENT = f"patient_id = {ME} AND NOT hidden AND state <> 'deleted'"

_RECORD = [
    patient_may("patients_patient", "SELECT", f"id = {ME}"),
    patient_may("patients_patient", "UPDATE", f"id = {ME}", columns="phone, email, language"),
    # Who wrote, and whether anybody is there to read; nothing else of an employee.
    patient_may("clinics_employee", "SELECT", "true", columns="id, clinic_id, given_name, family_name, role, active"),
    patient_may("clinics_clinic", "SELECT", "true"),
]
_AUDIT = [
    patient_may("audit_auditevent", "INSERT", f"actor_id = {ME} AND (patient_id IS NULL OR patient_id = {ME})"),
    # A hidden appointment is not betrayed by what was done with it either (TYP-4).
    patient_may(
        "audit_auditevent",
        "SELECT",
        f"patient_id = {ME} AND (subject_kind <> 'appointment' OR subject_id IN ({_APPOINTMENTS}))",
    ),
]
_DIALOG = [
    # HelseNorge's threads live there, and what colleagues write to each other is theirs (CMP-4, CMP-6).
    patient_may("dialog_thread", "SELECT", f"patient_id = {ME} AND channel = 'own'"),
    patient_may(
        "dialog_thread",
        "UPDATE",
        f"patient_id = {ME} AND channel = 'own'",
        columns="state, answer_due, last_message_at, last_msg_id, version",
    ),
    patient_may("dialog_message", "SELECT", f"thread_id IN ({_THREADS})"),
    patient_may("dialog_message", "INSERT", f"direction = 'in' AND thread_id IN ({_THREADS})"),
    patient_may(
        "dialog_message",
        "UPDATE",
        f"direction = 'out' AND thread_id IN ({_THREADS})",
        columns="delivery, delivery_at",
    ),
    patient_may(
        "dialog_attachment",
        "SELECT",
        f"uploaded_by_patient_id = {ME} OR message_id IN ({_MESSAGES})",
    ),
    patient_may("dialog_attachment", "INSERT", f"uploaded_by_patient_id = {ME}"),
    patient_may("dialog_attachment", "UPDATE", f"uploaded_by_patient_id = {ME}", columns="message_id, number"),
    patient_may("dialog_participant", "SELECT", f"thread_id IN ({_THREADS})"),
    patient_may("dialog_participant", "INSERT", f"employee_id IS NULL AND thread_id IN ({_THREADS})"),
    patient_may("dialog_participant", "UPDATE", f"thread_id IN ({_THREADS})", columns="in_inbox, last_message_at"),
    patient_may("dialog_reading", "SELECT", f"thread_id IN ({_THREADS})"),
    patient_may("dialog_reading", "DELETE", f"thread_id IN ({_THREADS})"),
    patient_may("dialog_threadevent", "INSERT", f"thread_id IN ({_THREADS})"),
    patient_may("blobs_blob", "SELECT", f"stored_by_patient = {ME} OR id IN ({_FILES})"),
    patient_may("blobs_blob", "INSERT", f"stored_by_patient = {ME}"),
    patient_may("blobs_blobpart", "SELECT", "blob_id IN (SELECT id FROM blobs_blob)"),
    # The pieces are stored before the row that tells whose they are.
    patient_may("blobs_blobpart", "INSERT", "true"),
]
_SCHEDULING = [
    patient_may("scheduling_appointment", "SELECT", _OWN_APPOINTMENT),
    patient_may("scheduling_appointment", "UPDATE", _OWN_APPOINTMENT, columns="state, version"),
    patient_may("scheduling_appointmentevent", "INSERT", f"appointment_id IN ({_APPOINTMENTS})"),
    patient_may("scheduling_schedule", "SELECT", "id IN (SELECT schedule_id FROM scheduling_appointment)"),
    patient_may("scheduling_appointmenttype", "SELECT", "id IN (SELECT type_id FROM scheduling_appointment)"),
    patient_may("scheduling_slot", "SELECT", "id IN (SELECT slot_id FROM scheduling_appointment)"),
    # A slot whose appointment is given up gets a new uid.
    patient_may("scheduling_slot", "UPDATE", "id IN (SELECT slot_id FROM scheduling_appointment)", columns="uid"),
    patient_may("scheduling_occupancy", "SELECT", f"source_id IN ({_APPOINTMENTS})"),
    patient_may("scheduling_occupancy", "DELETE", f"source_id IN ({_APPOINTMENTS})"),
    # What HelseNorge is told of an appointment: taken back, or told anew.
    patient_may("outbox_outboxitem", "SELECT", f"subject_id IN ({_APPOINTMENTS})"),
    patient_may("outbox_outboxitem", "INSERT", f"subject_id IN ({_APPOINTMENTS})"),
    patient_may("outbox_outboxitem", "UPDATE", f"subject_id IN ({_APPOINTMENTS})", columns="not_before"),
    patient_may("outbox_outboxitem", "DELETE", f"subject_id IN ({_APPOINTMENTS})"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_protect"),
        ("blobs", "0003_patient_portal"),
        ("clinics", "0006_moves_on_request"),
        ("dialog", "0009_patient_portal"),
        ("outbox", "0005_of_appointment"),
        ("patients", "0002_protect"),
        ("scheduling", "0005_wish"),
    ]

    operations = [
        *_RECORD,
        *_AUDIT,
        *_DIALOG,
        *_SCHEDULING,
        RunSQL(
            f"GRANT USAGE ON SEQUENCE outbox_sequence TO {PATIENT_ROLE}",
            f"REVOKE USAGE ON SEQUENCE outbox_sequence FROM {PATIENT_ROLE}",
        ),
    ]
