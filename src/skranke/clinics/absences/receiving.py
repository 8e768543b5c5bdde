"""Who receives messages from HelseNorge instead for a period, by type and by GP (ABS-15 to ABS-17, IMP-3)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.absences import rules
from skranke.clinics.absences.models import ReceiverPeriod, ReceiverPeriodChoice
from skranke.clinics.access import get_employee_for, require
from skranke.clinics.choices import ReceiverFormat
from skranke.clinics.models import Clinic, Employee
from skranke.clinics.organisation.memory import PERIODS
from skranke.clinics.organisation.queries import readers
from skranke.clinics.organisation.receivers import SUBJECT, Receivers, is_received, names_of, receivers_of
from skranke.clinics.organisation.rules import has_somebody, takes_recipients
from skranke.clinics.organisation.values import Recipient
from skranke.clinics.permissions import Permission
from skranke.kernel import clock
from skranke.kernel.errors import ConflictError, InvalidError, NotFoundError
from skranke.tenancy import live
from skranke.tenancy.work import current_actor, forget, once


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """A period with its recipients. gp_id, gp_name: None and empty where it is about every GP."""

    id: UUID
    kind: str
    gp_id: UUID | None
    gp_name: str
    format: ReceiverFormat
    recipients: tuple[Recipient, ...]
    starts_at: datetime
    ends_at: datetime | None

    @property
    def receivers(self) -> Receivers:
        """As a set-up, which routing asks for."""
        return Receivers(kind=self.kind, format=self.format, recipients=self.recipients, id=self.id)

    @property
    def is_on(self) -> bool:
        """Whether it decides now."""
        return rules.is_on(self, clock.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for. kinds: one period is made for each. starts_at: None is now; ends_at: None is permanent."""

    kinds: tuple[str, ...]
    gp_id: UUID | None
    format: ReceiverFormat
    recipients: tuple[Recipient, ...]
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    kind: str
    gp_id: UUID | None
    starts_at: datetime
    ends_at: datetime | None


def receivers_now(kind: str, gp_id: UUID | None) -> Receivers:
    """The set-up that holds at this moment for a GP's patients: of a period, else the standing one."""
    found = rules.in_force(once(PERIODS, _not_over), kind, gp_id, clock.now())
    return found.receivers if found is not None else receivers_of(kind)


def all_periods() -> list[Meanwhile]:
    """Those that are on or will be, the first one first, for who may change them. Raises NotAllowedError."""
    require(current_actor(), Permission.SET_RECEIVERS)
    return once(PERIODS, _not_over)


def _not_over() -> list[Meanwhile]:
    """In one statement; a GP who has left has no patients whose messages it could be about."""
    columns = ("id", "kind", "gp", "gp__given_name", "gp__family_name", "format", "starts_at", "ends_at")
    who = ("choices", "choices__employee", "choices__group", "choices__role")
    lasts = Q(ends_at=None) | Q(ends_at__gt=clock.now())
    rows = ReceiverPeriod.objects.filter(lasts, Q(gp=None) | Q(gp__active=True))
    found: dict[UUID, Meanwhile] = {}
    for row in rows.order_by("starts_at", "kind", "id", "choices").values_list(*columns, *who):
        period_id, kind, gp_id, given, family, wanted, starts_at, ends_at, choice, *recipient = row
        chosen = found[period_id].recipients if period_id in found else ()
        found[period_id] = Meanwhile(
            id=period_id,
            kind=kind,
            gp_id=gp_id,
            gp_name=f"{given} {family}" if gp_id else "",
            format=ReceiverFormat(wanted),
            recipients=chosen if choice is None else (*chosen, Recipient(*recipient)),
            starts_at=starts_at,
            ends_at=ends_at,
        )
    return list(found.values())


def set_period(wanted: Wanted) -> list[Meanwhile]:
    """Let others receive from a moment to another; what has come already stays with who has it (RCV-11).

    It begins and ends by itself. All of it is done, or nothing. Raises NotAllowedError, NotFoundError, InvalidError
    for nobody, one whom nobody reads for or moments that cannot be, ConflictError beside another of the same.
    """
    actor, now = current_actor(), clock.now()
    require(actor, Permission.SET_RECEIVERS)
    gp = get_employee_for(actor, wanted.gp_id) if wanted.gp_id is not None else None
    chosen = tuple(dict.fromkeys(wanted.recipients)) if takes_recipients(wanted.format) else ()
    _check_what(wanted, gp, chosen)
    starts_at = _start(wanted, now)
    # The clinic's row: whoever sets two of the same at once waits for the other.
    Clinic.objects.select_for_update(no_key=True).get(id=actor.clinic_id)
    forget(PERIODS)
    standing, made = once(PERIODS, _not_over), []
    for kind in dict.fromkeys(wanted.kinds):
        span = _Span(kind=kind, gp_id=wanted.gp_id, starts_at=starts_at, ends_at=wanted.ends_at)
        if any(one.kind == kind and one.gp_id == span.gp_id and rules.overlap(one, span) for one in standing):
            raise ConflictError(
                _(
                    "En annen periode for samme lege og meldingstype dekker noe av tiden. "
                    "Avslutt den først, eller velg en annen tid. Ingenting er lagret."
                )
            )
        made.append(_write(span, wanted.format, chosen).id)
    forget(PERIODS)
    found = [one for one in once(PERIODS, _not_over) if one.id in made]
    for one in found:
        _tell(Action.RECEIVERS_PERIOD_SET, one)
    return found


def end_period(period_id: UUID) -> None:
    """End it now, or take it away before it begins: who normally receives does so from the next message on.

    Raises NotAllowedError, NotFoundError where there is none, or it is over.
    """
    actor = current_actor()
    _get_period(period_id)
    require(actor, Permission.SET_RECEIVERS)
    Clinic.objects.select_for_update(no_key=True).get(id=actor.clinic_id)
    forget(PERIODS)
    period = _get_period(period_id)
    now, row = clock.now(), ReceiverPeriod.objects.filter(id=period_id)
    if period.starts_at < now:
        row.update(ends_at=now)
    else:
        row.delete()
    forget(PERIODS)
    _tell(Action.RECEIVERS_PERIOD_ENDED, period)


def _get_period(period_id: UUID) -> Meanwhile:
    period = next((one for one in once(PERIODS, _not_over) if one.id == period_id), None)
    if period is None:
        raise NotFoundError("The period does not exist, or is over.")
    return period


def chosen_meanwhile() -> set[Recipient]:
    """Everybody that is a receiver in a period that is on or will be."""
    return {recipient for one in once(PERIODS, _not_over) for recipient in one.recipients}


def _check_what(wanted: Wanted, gp: Employee | None, chosen: tuple[Recipient, ...]) -> None:
    if not wanted.kinds or not all(is_received(kind) for kind in wanted.kinds):
        raise InvalidError(_("Velg minst én meldingstype. Ingenting er lagret."), field="kinds")
    if gp is not None and not gp.is_gp:
        raise InvalidError(_("Bare en fastlege får meldinger fra helsenorge.no. Ingenting er lagret."), field="gp")
    if not has_somebody(wanted.format, chosen):
        raise InvalidError(_("Velg minst én mottaker. Ingenting er lagret."), field="recipients")
    if any(not readers(one) for one in chosen):
        raise InvalidError(_("En av mottakerne har ingen som kan lese. Ingenting er lagret."), field="recipients")


def _start(wanted: Wanted, now: datetime) -> datetime:
    """From when; this minute is now. Raises InvalidError for a time that has been, and for an end before the start."""
    this_minute = now.replace(second=0, microsecond=0)
    if wanted.starts_at is not None and wanted.starts_at < this_minute:
        raise InvalidError(
            _("Starten er alt passert. La feltet stå tomt for å begynne nå. Ingenting er lagret."), field="starts_at"
        )
    starts_at = max(wanted.starts_at or now, now)
    if wanted.ends_at is not None and wanted.ends_at <= starts_at:
        raise InvalidError(_("Slutten er ikke etter starten. Ingenting er lagret."), field="ends_at")
    return starts_at


def _write(span: _Span, wanted: ReceiverFormat, chosen: tuple[Recipient, ...]) -> ReceiverPeriod:
    actor = current_actor()
    row = ReceiverPeriod.objects.create(
        clinic_id=actor.clinic_id,
        kind=span.kind,
        gp_id=span.gp_id,
        format=wanted,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        set_by_id=actor.person_id,
    )
    ReceiverPeriodChoice.objects.bulk_create(
        ReceiverPeriodChoice(
            clinic_id=actor.clinic_id,
            period=row,
            employee_id=one.employee_id,
            group_id=one.group_id,
            role_id=one.role_id,
        )
        for one in chosen
    )
    return row


def _tell(action: Action, one: Meanwhile) -> None:
    detail = {
        "kind": one.kind,
        "gp": one.gp_name,
        "new": {"format": str(one.format), "recipients": names_of(one.recipients)},
        "from": one.starts_at.isoformat(),
        "to": one.ends_at.isoformat() if one.ends_at else None,
    }
    record(action, subject_kind=SUBJECT, subject_id=one.id, detail=detail)
    live.announce(SUBJECT, one.id)
