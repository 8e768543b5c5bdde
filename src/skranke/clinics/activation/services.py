"""Switching the integration on and off for a clinic and for its GPs, and what the clinic chooses and answers itself.

Whoever changes an activation locks the clinic's row first, then the party's: two operators wait for each other, and
the second is told that what he saw has changed.
"""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import get_employee_for, require
from skranke.clinics.activation import errors, rules
from skranke.clinics.activation.checklist import clinic_lines, party_lines
from skranke.clinics.activation.values import Connection, Line, Peer
from skranke.clinics.errors import HerIdTakenError
from skranke.clinics.models import (
    Clinic,
    CommunicationParty,
    Counterpart,
    OnboardingAnswer,
    OnboardingQuestion,
    Service,
)
from skranke.clinics.permissions import Permission
from skranke.clinics.rules import may
from skranke.clinics.services import checked_her_id, refuse_used_her_id, refusing_taken, set_counterpart, set_profile
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.kernel.ids import HerId
from skranke.tenancy.work import current_actor


def note_prerequisites(
    *,
    ordered_on: date | None,
    nhn_member: bool,
    gp_agreement: bool = True,
    her_id: HerId | str = "",
    expected_version: int | None = None,
) -> Clinic:
    """Note that the clinic has ordered Digital dialog, and what else the operator has seen of it (ACT-7, ACT-8).

    Raises NotOrderedError without the day of the order, InvalidError, HerIdTakenError, ClinicLiveError when it would
    take away what a live clinic stands on, OnlyOperatorError, ActivationChangedError.
    """
    clinic = _locked(expected_version)
    if ordered_on is None:
        raise errors.NotOrderedError(
            _("Skriv dagen klinikken bestilte Digital dialog hos Norsk Helsenett. Ingenting er lagret."),
            field="ordered_on",
        )
    if ordered_on > clock.today():
        raise InvalidError(_("Dagen for bestillingen kan ikke være i fremtiden."), field="ordered_on")
    wanted = checked_her_id(her_id) if str(her_id) else None
    kept = nhn_member and gp_agreement and wanted == clinic.her_id
    if clinic.live_since is not None and not kept:
        raise errors.ClinicLiveError(_("Klinikken er på nå. Slå den av før du endrer det den bygger på."))
    if wanted is not None and wanted != clinic.her_id:
        refuse_used_her_id(wanted)
    clinic.ordered_on, clinic.nhn_member, clinic.gp_agreement = ordered_on, nhn_member, gp_agreement
    clinic.her_id = wanted
    with refusing_taken(her_id=HerIdTakenError):
        _save(clinic, "ordered_on", "nhn_member", "gp_agreement", "her_id")
    facts = {"ordered_on": ordered_on.isoformat(), "nhn_member": nhn_member, "gp_agreement": gp_agreement}
    record(Action.ACTIVATION_CHANGED, subject_kind="clinic", subject_id=clinic.id, detail=facts)
    return clinic


def go_live(*, expected_version: int | None = None) -> Clinic:
    """Switch the integration on for the clinic; one that is live stays so.

    Raises NotReadyError naming what is red, OnlyOperatorError, ActivationChangedError.
    """
    clinic = _locked(expected_version)
    if clinic.live_since is None:
        _refuse_red(clinic_lines(clinic))
        clinic.live_since = clock.now()
        _save(clinic, "live_since")
        record(Action.CLINIC_LIVE, subject_kind="clinic", subject_id=clinic.id)
    return clinic


def take_off(*, expected_version: int | None = None) -> Clinic:
    """Switch the integration off for the whole clinic. Raises OnlyOperatorError, ActivationChangedError."""
    clinic = _locked(expected_version)
    if clinic.live_since is not None:
        clinic.live_since = None
        _save(clinic, "live_since")
        record(Action.CLINIC_TAKEN_OFF, subject_kind="clinic", subject_id=clinic.id)
    return clinic


def put_party_live(party: CommunicationParty, *, expected_version: int | None = None) -> CommunicationParty:
    """Switch the integration on for a GP, or for the party of a vacant list or of a resource (ACT-4, ACT-8, ACT-12).

    Raises NotReadyError with the reason for everybody else, OnlyOperatorError, ActivationChangedError.
    """
    clinic = _locked(expected_version)
    held = CommunicationParty.objects.select_for_update(of=("self",)).select_related("employee").get(id=party.id)
    if held.live_since is None:
        _refuse_red(party_lines(held.employee, held))
        held.live_since = clock.now()
        _save_party(clinic, held, Action.PARTY_LIVE)
    return held


def put_employee_live(employee_id: UUID, *, expected_version: int | None = None) -> CommunicationParty:
    """Switch the integration on for one who works at the clinic, whoever it is: only a GP can be (ACT-4).

    Raises NotFoundError, and as `put_party_live`.
    """
    employee = get_employee_for(current_actor(), employee_id)
    party = CommunicationParty.objects.filter(employee=employee, active=True).first()
    if party is None:
        _locked(expected_version)
        _refuse_red(party_lines(employee, None))
        raise AssertionError("One without a HER-id has a red line.")
    return put_party_live(party, expected_version=expected_version)


def take_party_off(party: CommunicationParty, *, expected_version: int | None = None) -> CommunicationParty:
    """Switch the integration off for a GP or another party. Raises OnlyOperatorError, ActivationChangedError."""
    clinic = _locked(expected_version)
    held = CommunicationParty.objects.select_for_update().get(id=party.id)
    if held.live_since is not None:
        held.live_since = None
        _save_party(clinic, held, Action.PARTY_TAKEN_OFF)
    return held


def set_connection(connection: Connection, *, expected_version: int | None = None) -> None:
    """Say how the clinic reaches the bus. Raises OnlyOperatorError, ActivationChangedError."""
    clinic = _locked(expected_version)
    set_profile(**asdict(connection))
    _save(clinic)


def set_peer(peer: Peer, *, expected_version: int | None = None) -> None:
    """Say where HelseNorge is; one written before under another HER-id is no counterpart any more.

    Raises OnlyOperatorError, ActivationChangedError, InvalidError.
    """
    clinic = _locked(expected_version)
    before = Counterpart.objects.filter(her_id=peer.her_id).first()
    # What the register told of the process is no setting, and stays.
    told = before is not None and before.takes_appointment_process
    written = set_counterpart(**asdict(peer), takes_appointment_process=told)
    Counterpart.objects.exclude(id=written.id).delete()
    _save(clinic)


def set_own_notices(*, own_notices: bool, no_sms_minutes: int, expected_version: int | None = None) -> Clinic:
    """Put the clinic's own notices of appointments on or off, as it has ordered them (NOT-6, NOT-20).

    Raises InvalidError, OnlyOperatorError, ActivationChangedError.
    """
    clinic = _locked(expected_version)
    if not 0 <= no_sms_minutes <= rules.NO_SMS_MINUTES:
        raise InvalidError(
            _("Skriv et tall fra 0 til %(most)d.") % {"most": rules.NO_SMS_MINUTES}, field="no_sms_minutes"
        )
    before = {"own_notices": clinic.own_notices, "no_sms_minutes": clinic.no_sms_minutes}
    clinic.own_notices, clinic.no_sms_minutes = own_notices, no_sms_minutes
    _save(clinic, "own_notices", "no_sms_minutes")
    after = {"own_notices": own_notices, "no_sms_minutes": no_sms_minutes}
    detail = {name: [before[name], after[name]] for name in after}
    record(Action.NOTICES_SWITCHED, subject_kind="clinic", subject_id=clinic.id, detail=detail)
    return clinic


def choose_offers(services: Collection[Service | str], *, expected_version: int | None = None) -> Clinic:
    """Say which services the clinic wants to offer: none, some or all, each by itself (ACT-14).

    Raises ForbiddenError for all but the clinic's administrator and the installation, InvalidError for a service that
    is none of them, ActivationChangedError.
    """
    require(current_actor(), Permission.CHANGE_SETTINGS)
    if not all(rules.is_choosable(str(service)) for service in services):
        raise InvalidError(_("Tjenesten finnes ikke."), field="offers")
    clinic = _held(expected_version)
    clinic.offers = sorted({Service(service).value for service in services})
    _save(clinic, "offers")
    detail = {"offers": clinic.offers}
    record(Action.CLINIC_OFFERS_CHANGED, subject_kind="clinic", subject_id=clinic.id, detail=detail)
    return clinic


def answer_onboarding(
    question: OnboardingQuestion | str, text: str, *, expected_version: int = 0
) -> OnboardingAnswer | None:
    """Write down what the clinic has decided about one question of the start; nothing written takes it away (ACT-17).

    expected_version: of the answer that was seen, 0 where there was none. Gives None where there is none afterwards.
    Raises ForbiddenError for all but the clinic's administrator, InvalidError, AnswerChangedError.
    """
    actor = current_actor()
    require(actor, Permission.CHANGE_SETTINGS)
    if actor.person_id is None:
        raise InvalidError(_("Et svar må ha en ansatt som forfatter."), field="question")
    asked, words = OnboardingQuestion(question), text.strip()
    if len(words) > rules.ONBOARDING_CHARACTERS:
        raise InvalidError(_("Skriv høyst 1000 tegn."), field=asked.value)
    # The clinic's row is the lock: of two who write the first answer at once, the second must see it.
    _held(None)
    before = OnboardingAnswer.objects.filter(question=asked).first()
    if (before.version if before else 0) != expected_version:
        raise errors.AnswerChangedError(_("Noen andre har svart imens. Les svaret, og skriv ditt på nytt om du vil."))
    if words == (before.text if before else ""):
        return before
    record(Action.ONBOARDING_ANSWERED, subject_kind="clinic", subject_id=actor.clinic_id, detail={"question": asked})
    if not words:
        OnboardingAnswer.objects.filter(question=asked).delete()
        return None
    answer = before or OnboardingAnswer(clinic_id=actor.clinic_id, question=asked, version=0)
    answer.text, answer.version = words, answer.version + 1
    answer.employee_id, answer.author_name, answer.answered_at = actor.person_id, actor.name, clock.now()
    answer.save()
    return answer


def _locked(expected_version: int | None) -> Clinic:
    """The clinic's row, held until commit, for one who may activate. Raises OnlyOperatorError, as `_held`."""
    if not may(current_actor(), Permission.ACTIVATE):
        raise errors.OnlyOperatorError(_("Bare driftsoperatøren kan slå integrasjonen på og av."))
    return _held(expected_version)


def _held(expected_version: int | None) -> Clinic:
    clinic = Clinic.objects.select_for_update().get(id=current_actor().clinic_id)
    if expected_version is not None and clinic.activation_version != expected_version:
        raise errors.ActivationChangedError(
            _("Noen andre har endret dette imens. Ingenting ble endret. Se hva som står her nå, og prøv igjen.")
        )
    return clinic


def _refuse_red(lines: Collection[Line]) -> None:
    red = [line for line in lines if not line.ok]
    if red:
        raise errors.NotReadyError(" ".join(f"{line.text} {line.cure}".strip() for line in red))


def _save(clinic: Clinic, *fields: str) -> None:
    clinic.activation_version += 1
    clinic.save(update_fields=[*fields, "activation_version"])


def _save_party(clinic: Clinic, party: CommunicationParty, action: Action) -> None:
    party.save(update_fields=["live_since"])
    _save(clinic)
    record(action, subject_kind="party", subject_id=party.id)
