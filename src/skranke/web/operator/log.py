"""What was changed in a clinic's set-up, and what was refused there. No patient is named to an operator."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from skranke.audit.actions import Action
from skranke.audit.queries import changes_of_set_up
from skranke.clinics import queries as clinics
from skranke.clinics.models import CommunicationParty, Employee
from skranke.gateway.refused import refusals
from skranke.tenancy.work import acting
from skranke.web.action_words import WORDS
from skranke.web.operator.session import Operator, operator_view
from skranke.web.operator.shell import shell


@require_GET
@operator_view
def log(request: HttpRequest, operator: Operator, clinic_id: UUID) -> HttpResponse:
    """The newest changes and refusals."""
    with acting(operator.at(clinic_id)):
        words, names = _words(), _names()
        context = {
            "shell": shell(operator, "operator-home"),
            "clinic": clinics.this_clinic(),
            "changes": [
                (
                    event,
                    words.get(event.action) or str(WORDS.get(event.action, event.action)),
                    names.get(event.subject_id, ""),
                )
                for event in changes_of_set_up(_SUBJECTS)
            ],
            "refusals": refusals(),
        }
        return render(request, "operator/log.html", context)


_SUBJECTS = ("clinic", "party", "profile", "counterpart", "employee", "token")


def _names() -> dict[UUID | None, str]:
    """What the things that were changed are called: those who work there, and the clinic's parties."""
    names: dict[UUID | None, str] = {one.id: one.name for one in Employee.objects.all()}
    names.update(CommunicationParty.objects.values_list("id", "name"))
    return names


def _words() -> dict[str, str]:
    return {
        Action.CLINIC_ESTABLISHED: _("Klinikken ble laget"),
        Action.EMPLOYEE_HIRED: _("En ansatt ble lagt til"),
        Action.PARTY_REGISTERED: _("En HER-id ble skrevet inn"),
        Action.PARTY_CHANGED: _("Tjenester ble lest fra Adresseregisteret"),
        Action.PROFILE_CHANGED: _("Veien til meldingsbussen ble endret"),
        Action.COUNTERPART_CHANGED: _("HelseNorges adresse ble endret"),
        Action.REGISTER_READ: _("Adresseregisteret ble lest"),
        Action.ACTIVATION_CHANGED: _("Bestilling og medlemskap ble skrevet inn"),
        Action.CLINIC_LIVE: _("Klinikken ble slått på"),
        Action.CLINIC_TAKEN_OFF: _("Klinikken ble slått av"),
        Action.CLINIC_OFFERS_CHANGED: _("Klinikken valgte hvilke tjenester den tilbyr"),
        Action.PARTY_LIVE: _("En fastlege ble slått på"),
        Action.PARTY_TAKEN_OFF: _("En fastlege ble slått av"),
        Action.ONBOARDING_ANSWERED: _("Klinikken svarte på et spørsmål ved oppstart"),
        Action.TOKEN_ISSUED: _("En programtilgang ble gitt"),
        Action.TOKEN_REVOKED: _("En programtilgang ble tatt bort"),
    }
