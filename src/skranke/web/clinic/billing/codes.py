"""The codes that come by themselves for a type in each timebok (TYP-9, BIL-4)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from skranke.billing.queries import price_codes
from skranke.billing.services import set_price_codes
from skranke.billing.tariff import tariff_on
from skranke.clinics.permissions import Permission
from skranke.clinics.rules import may
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.scheduling.access import get_type_for
from skranke.scheduling.queries import schedules
from skranke.web.clinic.settings.frame import settings_page, settings_view, to


@require_http_methods(["GET", "POST"])
@settings_view()
def codes(request: HttpRequest, actor: Actor, type_id: UUID) -> HttpResponse:
    """For each timebok the codes of one type."""
    kind, tariff = get_type_for(actor, type_id), tariff_on(clock.today())
    books = schedules()
    if request.method == "POST":
        for one in books:
            set_price_codes(one, kind, request.POST.getlist(f"takst-{one.id}"))
        return to(request, "settings-type", kind.id)
    context = {
        "kind": kind,
        "tariff": tariff,
        "rows": [(one, price_codes(one, kind)) for one in books],
        "may_edit": may(actor, Permission.CREATE_TARIFF),
    }
    return settings_page(request, actor, "settings-types", "clinic/billing/codes.html", context)
