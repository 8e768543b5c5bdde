"""The rows of the permission matrix (product specification, section 2), and who has each. `rules.may` decides."""

from enum import StrEnum


class Permission(StrEnum):
    """What somebody may be allowed to do: the rows of the matrix, then what ORG-4 says beside it."""

    READ_OWN_MAIL = "read_own_mail"
    READ_CLINIC_MAIL = "read_clinic_mail"
    SET_RECEIVERS = "set_receivers"
    ACTIVATE = "activate"
    PRIVATE_TEMPLATE = "private_template"
    SHARED_TEMPLATE = "shared_template"
    COMMUNICATION_TYPES = "communication_types"
    CREATE_TIMETYPE = "create_timetype"
    EDIT_TIMETYPE = "edit_timetype"
    EDIT_PLAN = "edit_plan"
    BOOK = "book"
    SET_ABSENCE = "set_absence"
    CREATE_TARIFF = "create_tariff"
    EDIT_PATIENTS = "edit_patients"
    MANAGE_STAFF = "manage_staff"
    MANAGE_GROUPS = "manage_groups"
    CHANGE_SETTINGS = "change_settings"
    SEE_ACCOUNTING = "see_accounting"
    SEE_REPORTS = "see_reports"
    PRESCRIBE = "prescribe"


class Holder(StrEnum):
    """Who has a permission: every employee, whoever the thing belongs to, who was granted it, or an administrator."""

    EVERYBODY = "everybody"
    OWNER = "owner"
    GRANTED = "granted"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"


HOLDERS: dict[Permission, frozenset[Holder]] = {
    Permission.READ_OWN_MAIL: frozenset({Holder.EVERYBODY}),
    Permission.READ_CLINIC_MAIL: frozenset({Holder.GRANTED}),
    Permission.SET_RECEIVERS: frozenset({Holder.ADMINISTRATOR}),
    Permission.ACTIVATE: frozenset({Holder.OPERATOR}),
    Permission.PRIVATE_TEMPLATE: frozenset({Holder.OWNER}),
    Permission.SHARED_TEMPLATE: frozenset({Holder.ADMINISTRATOR}),
    Permission.COMMUNICATION_TYPES: frozenset({Holder.ADMINISTRATOR}),
    Permission.CREATE_TIMETYPE: frozenset({Holder.EVERYBODY}),
    Permission.EDIT_TIMETYPE: frozenset({Holder.OWNER, Holder.ADMINISTRATOR}),
    Permission.EDIT_PLAN: frozenset({Holder.OWNER, Holder.ADMINISTRATOR}),
    Permission.BOOK: frozenset({Holder.EVERYBODY}),
    Permission.SET_ABSENCE: frozenset({Holder.ADMINISTRATOR}),
    Permission.CREATE_TARIFF: frozenset({Holder.ADMINISTRATOR}),
    Permission.EDIT_PATIENTS: frozenset({Holder.EVERYBODY}),
    Permission.MANAGE_STAFF: frozenset({Holder.ADMINISTRATOR}),
    Permission.MANAGE_GROUPS: frozenset({Holder.ADMINISTRATOR}),
    Permission.CHANGE_SETTINGS: frozenset({Holder.ADMINISTRATOR}),
    Permission.SEE_ACCOUNTING: frozenset({Holder.ADMINISTRATOR}),
    Permission.SEE_REPORTS: frozenset({Holder.ADMINISTRATOR, Holder.GRANTED}),
    Permission.PRESCRIBE: frozenset({Holder.GRANTED}),
}
