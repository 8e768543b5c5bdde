"""That a GP has a substitute, in words: wherever the GP is shown to staff (ABS-12), and on no page of a patient's."""

from uuid import UUID

from django.utils.translation import gettext as _

from skranke.clinics.substitutes.queries import substitutes_of
from skranke.ui.dates import format_date


def stand_in_text(employee_id: UUID | None) -> str:
    """Who stands in for an employee today, and until when; empty where nobody does."""
    return ", ".join(
        _("Vikar: %(name)s til %(day)s") % {"name": one.name, "day": format_date(one.ends_on)}
        if one.ends_on
        else _("Vikar: %(name)s") % {"name": one.name}
        for one in substitutes_of(employee_id)
    )
