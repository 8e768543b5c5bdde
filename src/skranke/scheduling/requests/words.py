"""What stands in the list of requests, and what a patient chooses among, in words (REQ-1)."""

from django.utils.translation import gettext as _

from skranke.scheduling.requests.models import AppointmentRequest, RequestColumn, TimeOfDay
from skranke.ui.dates import format_date


def time_of_day_text(wished: str) -> str:
    """When on a day."""
    return {
        TimeOfDay.ANY: _("Når som helst"),
        TimeOfDay.MORNING: _("Tidlig (før kl. 10)"),
        TimeOfDay.MIDDAY: _("Midt på dagen (kl. 10–14)"),
        TimeOfDay.AFTERNOON: _("Sent (etter kl. 14)"),
    }[TimeOfDay(wished)]


def column_text(column: str) -> str:
    """The heading of a column."""
    return {
        RequestColumn.PATIENT: _("Pasient"),
        RequestColumn.BIRTH_DATE: _("Fødselsdato"),
        RequestColumn.REMARK: _("Merknad"),
        RequestColumn.WISHED_DATE: _("Ønsket dato"),
        RequestColumn.WISHED_TIME: _("Ønsket tid"),
        RequestColumn.GP: _("Fastlege"),
        RequestColumn.WISHED: _("Ønsket behandler"),
    }[RequestColumn(column)]


def cell_text(row: AppointmentRequest, column: str) -> str:
    """What a column says of a request that was read by staff; "" where there is nothing."""
    patient = row.patient
    return {
        RequestColumn.PATIENT: lambda: patient.name,
        RequestColumn.BIRTH_DATE: lambda: format_date(patient.birth_date, "kort"),
        RequestColumn.REMARK: lambda: f"{row.type.name}: {row.remark}" if row.type is not None else row.remark,
        RequestColumn.WISHED_DATE: lambda: format_date(row.wished_date) if row.wished_date else "",
        RequestColumn.WISHED_TIME: lambda: time_of_day_text(row.wished_time),
        RequestColumn.GP: lambda: patient.gp.name if patient.gp is not None else "",
        RequestColumn.WISHED: lambda: row.wished.name if row.wished is not None else "",
    }[RequestColumn(column)]()
