"""The columns of the list of requests, each employee's own choice (REQ-1)."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from skranke.dialog.access import employee_of
from skranke.kernel.errors import InvalidError
from skranke.scheduling.requests.models import RequestColumn, RequestListLayout
from skranke.tenancy.work import current_actor


def chosen_columns() -> tuple[RequestColumn, ...]:
    """What the acting employee's list shows, in the order of `RequestColumn`: all, until something is chosen."""
    own = RequestListLayout.objects.filter(employee=employee_of(current_actor())).first()
    return tuple(one for one in RequestColumn if own is None or one in own.columns)


def choose_columns(names: Collection[str]) -> None:
    """Keep the acting employee's choice. Raises InvalidError for a column that does not exist."""
    if not set(names) <= set(RequestColumn):
        raise InvalidError(_("Kolonnen finnes ikke. Last siden på nytt, og velg igjen."), field="columns")
    employee = employee_of(current_actor())
    columns = [one for one in RequestColumn if one in names]
    RequestListLayout.objects.update_or_create(
        employee=employee, defaults={"clinic_id": employee.clinic_id, "columns": columns}
    )
