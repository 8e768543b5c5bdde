"""The registry of what the audit log can say: one line an action, "noun.verb". `docs/audit.md` explains each."""

from enum import StrEnum


class Action(StrEnum):
    """What was done. A new action is a line here and a line in `docs/audit.md` (a test compares the two)."""

    SESSION_OPENED = "session.opened"
    SESSION_CLOSED = "session.closed"
    TOKEN_ISSUED = "token.issued"  # noqa: S105 - the name of an action, no secret
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 - as above

    CLINIC_ESTABLISHED = "clinic.established"
    EMPLOYEE_HIRED = "employee.hired"
    PARTY_REGISTERED = "party.registered"
    PARTY_CHANGED = "party.changed"
    PROFILE_CHANGED = "profile.changed"
    COUNTERPART_CHANGED = "counterpart.changed"
    REGISTER_READ = "register.read"
    ACTIVATION_CHANGED = "activation.changed"
    CLINIC_LIVE = "clinic.put_live"
    CLINIC_TAKEN_OFF = "clinic.taken_off"
    CLINIC_OFFERS_CHANGED = "clinic.offers_changed"
    PARTY_LIVE = "party.put_live"
    PARTY_TAKEN_OFF = "party.taken_off"
    ONBOARDING_ANSWERED = "onboarding.answered"

    PATIENT_REGISTERED = "patient.registered"
    PATIENT_CHANGED = "patient.changed"
    PATIENT_SEARCHED = "patient.searched"
    PATIENT_READ = "patient.read"
    PATIENTS_ASKED_ABOUT = "patient.asked_about"
    RELATION_ADDED = "relation.added"
    RELATION_CHANGED = "relation.changed"
    RELATION_ENDED = "relation.ended"
    CARD_ARRANGED = "card.arranged"
    PATIENT_REFUSED = "patient.refused"

    LIST_SYNC_ASKED = "gp_list.sync_asked"
    LISTS_READ = "gp_list.read"
    LIST_CHANGES_READ = "gp_list.changes_read"

    JOURNAL_RECORDED = "journal.recorded"
    JOURNAL_READ = "journal.read"

    THREAD_READ = "thread.read"
    THREAD_SEARCHED = "thread.searched"
    THREADS_LISTED = "thread.listed"
    THREAD_STARTED = "thread.started"
    THREAD_ANSWERED = "thread.answered"
    THREAD_TAKEN = "thread.taken"
    THREAD_FORWARDED = "thread.forwarded"
    THREAD_CLOSED = "thread.closed"
    THREAD_REOPENED = "thread.reopened"
    MESSAGE_RECEIVED = "message.received"
    MESSAGE_DELIVERED = "message.delivered"
    MESSAGE_REJECTED = "message.rejected"
    MESSAGE_RESENT = "message.resent"
    MESSAGE_READ = "message.read"
    ATTACHMENT_STORED = "attachment.stored"
    ATTACHMENT_READ = "attachment.read"
    OUTBOX_WITHDRAWN = "outbox.withdrawn"

    SCHEDULE_CREATED = "schedule.created"
    SCHEDULE_CHANGED = "schedule.changed"
    SCHEDULE_READ = "schedule.read"
    APPOINTMENT_TYPE_CREATED = "appointment_type.created"
    WEEK_TEMPLATE_CREATED = "week_template.created"
    PLAN_CHANGED = "plan.changed"
    PLAN_APPLIED = "plan.applied"
    SLOT_CREATED = "slot.created"
    SLOT_REMOVED = "slot.removed"
    SLOT_OFFERED = "slot.offered"
    APPOINTMENT_BOOKED = "appointment.booked"
    APPOINTMENT_MOVED = "appointment.moved"
    APPOINTMENT_CHANGED = "appointment.changed"
    APPOINTMENT_CANCELLED = "appointment.cancelled"
    APPOINTMENT_DELETED = "appointment.deleted"
    APPOINTMENT_READ = "appointment.read"
    APPOINTMENTS_LISTED = "appointment.listed"
    APPOINTMENT_REFUSED = "appointment.refused"

    ACCESS_READ = "access.read"


class Purpose(StrEnum):
    """Why a patient's data were read or changed."""

    CARE = "care"
    OWN_ACCESS = "own_access"
    EXCHANGE = "exchange"
    OPERATION = "operation"
