"""Konfigurasjon > Post > Hva ser pasienten: for each GP and the common services what works, and why not (HNB-15)."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from skranke.clinics.queries import gps, this_clinic
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.scheduling.common_visibility import common_sights
from skranke.scheduling.visibility import SERVICES, Mend, Sight, service_name, sight_of
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.settings.frame import settings_page, settings_view

ROUTE = "settings-sight"


@require_GET
@settings_view()
def sight(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every GP and the clinic's common services, and one of them in full."""
    sights = [*(sight_of(gp) for gp in gps()), *common_sights()]
    context = {
        "clinic": this_clinic(),
        "sights": sights,
        "chosen": _chosen(sights, request.GET.get("lege", "")),
        "services": [(one.value, service_name(one.value)) for one in SERVICES],
        "mends": _mends(request),
    }
    return settings_page(request, actor, ROUTE, "clinic/settings/sight.html", context)


def _chosen(sights: list[Sight], wanted: str) -> Sight | None:
    """What the address names, else the first. Raises NotFoundError for what is none of the clinic's."""
    if not wanted:
        return next(iter(sights), None)
    found = next((one for one in sights if one.key == wanted), None)
    if found is None:
        raise NotFoundError("There is no such GP or service.")
    return found


def _mends(request: HttpRequest) -> dict[Mend, tuple[str, str]]:
    """Where each kind of point is mended: an address and its words; the operator is no page of the clinic's."""
    slug = slug_of(request)
    helsenorge = reverse("settings-helsenorge", args=[slug])
    return {
        Mend.OFFERS: (f"{helsenorge}#tilbud", _("Velg hva klinikken tilbyr")),
        Mend.REGISTER: (f"{helsenorge}#tjenester", _("Se tjenestene i Adresseregisteret")),
        Mend.SCHEDULE: (reverse("schedule", args=[slug]), _("Åpne Timebok")),
        Mend.SCHEDULES: (reverse("settings-schedules", args=[slug]), _("Se timebøkene")),
        Mend.TYPES: (reverse("settings-types", args=[slug]), _("Se timetypene")),
        Mend.OPERATOR: ("", _("Be driftsoperatøren slå den på.")),
    }
