"""What a substitute's access to electronic messages stands on, and what follows where it is missing (ABS-8, ABS-13).

It is told and never refused: who stands in reads and answers at the clinic all the same.
"""

from django.utils.translation import gettext as _

from skranke.clinics.models import Employee
from skranke.clinics.queries import party_of_employee


def licence_warning(gp: Employee) -> str:
    """Of the GP's licence; empty where it is active."""
    if gp.licence_active:
        return ""
    return _(
        "%(name)s har ikke aktiv autorisasjon. Da får vikaren ikke elektroniske meldinger gjennom legen, "
        "og må settes opp på en annen måte: med egen HER-id, eller som mottaker av meldingene."
    ) % {"name": gp.name}


def her_id_warning(substitute: Employee) -> str:
    """Of the substitute's own party; empty where the card has its HER-id, which is read from Adresseregisteret."""
    if party_of_employee(substitute) is not None:
        return ""
    return _(
        "%(name)s har ingen HER-id på ansattkortet som kommunikasjonspart under klinikken i Adresseregisteret. "
        "Da kommer elektroniske meldinger som er til vikaren selv, ikke fram."
    ) % {"name": substitute.name}


def number_warning(substitute: Employee) -> str:
    """Of the HPR number, by which HelseNorge is told who answered; empty where the card has one."""
    if substitute.hpr_number:
        return ""
    return _("%(name)s har ikke HPR-nummer på ansattkortet. Svarene går ut med navnet alene.") % {
        "name": substitute.name
    }


def warnings(gp: Employee, substitute: Employee) -> list[str]:
    """All that is missing for one who stands in for a GP."""
    return [one for one in (licence_warning(gp), her_id_warning(substitute), number_warning(substitute)) if one]
