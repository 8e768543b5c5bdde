"""Week templates (ukemal): named weeks of free times, that work plans are made of (PLN-1, CAL-8)."""

from collections.abc import Sequence
from datetime import datetime, time

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import dates
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.errors import NotAllowedError
from skranke.kernel import clock
from skranke.kernel.errors import ChangedError, InvalidError, NotFoundError
from skranke.scheduling import rules
from skranke.scheduling.access import owns_a_schedule
from skranke.scheduling.errors import OverlappingSlotsError, TemplateInUseError
from skranke.scheduling.models import AppointmentType, TemplateSlot, WeekTemplate
from skranke.scheduling.plans import entries_between, overlap_in_week
from skranke.scheduling.values import TemplateEntry
from skranke.tenancy.work import current_actor

SUBJECT = "week_template"
LONGEST_NAME = 200
MOST_ENTRIES = 1000


def create_template(*, name: str, entries: Sequence[TemplateEntry] = ()) -> WeekTemplate:
    """Make a week template (PLN-1). Raises NotAllowedError, InvalidError, OverlappingSlotsError (CAL-8)."""
    check_may_edit()
    _check(entries)
    template = WeekTemplate(clinic_id=current_actor().clinic_id, name=_name(name), changed_at=clock.now())
    template.save(force_insert=True)
    _fill(template, entries)
    record(Action.WEEK_TEMPLATE_CREATED, subject_kind=SUBJECT, subject_id=template.id)
    return template


def rename_template(template: WeekTemplate, name: str) -> None:
    """Call it something else; no plan is stale for that. Raises NotAllowedError, InvalidError."""
    check_may_edit()
    template.name = _name(name)
    template.save(update_fields=["name"])
    record(Action.PLAN_CHANGED, subject_kind=SUBJECT, subject_id=template.id)


def replace_template(
    template: WeekTemplate, *, entries: Sequence[TemplateEntry], expected: datetime | None = None
) -> WeekTemplate:
    """Give a template other slots; plans that use it are stale until they are applied again (PLN-8).

    expected: `changed_at` as the caller saw it. Raises NotAllowedError, ChangedError, InvalidError,
    OverlappingSlotsError.
    """
    check_may_edit()
    _check(entries)
    _held(template, expected)
    template.slots.all().delete()
    _fill(template, entries)
    template.changed_at = clock.now()
    template.save(update_fields=["changed_at"])
    record(Action.PLAN_CHANGED, subject_kind=SUBJECT, subject_id=template.id)
    return template


def add_stretch(
    template: WeekTemplate,
    *,
    weekdays: Sequence[int],
    start: time,
    end: time | None,
    kind: AppointmentType,
    minutes: int | None = None,
    expected: datetime | None = None,
) -> int:
    """Fill a stretch of some days with times of one type; how many came. end: None for one time a day.

    minutes: the length of each, the type's where it is None. Raises as `replace_template`.
    """
    new = entries_between(weekdays, start, end, minutes or kind.minutes, kind.id)
    if not new:
        raise InvalidError(
            _("Det er ikke plass til noen time mellom klokkeslettene. Ingenting er lagret."), field="end"
        )
    replace_template(template, entries=[*entries_of(template), *new], expected=expected)
    return len(new)


def copy_day(template: WeekTemplate, weekday: int, to: Sequence[int], *, expected: datetime | None = None) -> None:
    """Give days the same times as one day has; what they had is gone. Raises as `replace_template`."""
    present = entries_of(template)
    kept = [one for one in present if one.weekday == weekday or one.weekday not in to]
    copied = [
        TemplateEntry(weekday=day, start=one.start, minutes=one.minutes, type_id=one.type_id)
        for one in present
        if one.weekday == weekday
        for day in to
        if day != weekday
    ]
    replace_template(template, entries=[*kept, *copied], expected=expected)


def remove_entries(
    template: WeekTemplate, weekday: int, start: time | None = None, *, expected: datetime | None = None
) -> None:
    """Take one time of a day away, or all of that day. Raises as `replace_template`."""
    kept = [one for one in entries_of(template) if one.weekday != weekday or start not in {None, one.start}]
    replace_template(template, entries=kept, expected=expected)


def remove_template(template: WeekTemplate) -> None:
    """Delete a template that no week is planned with. Raises NotAllowedError, TemplateInUseError."""
    check_may_edit()
    identity = template.id
    try:
        with transaction.atomic():
            template.delete()
    except ProtectedError:
        raise TemplateInUseError(
            _("Ukemalen er brukt i en arbeidsplan. Ingenting er slettet. Gi ukene en annen ukemal først.")
        ) from None
    record(Action.PLAN_CHANGED, subject_kind=SUBJECT, subject_id=identity, detail={"removed": template.name})


def entries_of(template: WeekTemplate) -> list[TemplateEntry]:
    """The free times of a template, by day and start."""
    return [
        TemplateEntry(weekday=one.weekday, start=one.start, minutes=one.minutes, type_id=one.type_id)
        for one in template.slots.order_by("weekday", "start")
    ]


def check_may_edit() -> None:
    """PLN-3. Raises NotAllowedError."""
    actor = current_actor()
    if not rules.may_edit_templates(actor, owns=owns_a_schedule(actor)):
        raise NotAllowedError(
            _("Bare den som eier en timebok, og administrator, kan endre ukemaler. Ingenting er endret.")
        )


def _held(template: WeekTemplate, expected: datetime | None) -> None:
    held = WeekTemplate.objects.select_for_update(of=("self",), no_key=True).filter(id=template.id).first()
    if held is None:
        raise NotFoundError("The template is gone.")
    if expected is not None and held.changed_at != expected:
        raise ChangedError(_("Ukemalen er endret av noen andre siden du åpnet den. Se over den, og prøv igjen."))


def _name(name: str) -> str:
    given = name.strip()
    if not 1 <= len(given) <= LONGEST_NAME:
        raise InvalidError(_("Gi ukemalen et navn på høyst 200 tegn. Ingenting er lagret."), field="name")
    return given


def _fill(template: WeekTemplate, entries: Sequence[TemplateEntry]) -> None:
    TemplateSlot.objects.bulk_create(
        TemplateSlot(
            clinic_id=template.clinic_id,
            template=template,
            weekday=entry.weekday,
            start=entry.start,
            minutes=entry.minutes,
            type_id=entry.type_id,
        )
        for entry in entries
    )


def _check(entries: Sequence[TemplateEntry]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise InvalidError(_("Ukemalen har for mange timer. Ingenting er lagret."), field="minutes")
    if any(entry.minutes < 1 or entry.start.second or entry.start.microsecond for entry in entries):
        raise InvalidError(_("En ledig time begynner på et helt minutt og varer minst ett."), field="minutes")
    double = overlap_in_week(entries)
    if double is not None:
        one, other = double
        raise OverlappingSlotsError(
            _("Ledige timer overlapper {day}: {one} og {other}. Ingenting er lagret.").format(
                day=_weekday(one.weekday), one=f"{one.start:%H:%M}", other=f"{other.start:%H:%M}"
            ),
            field="start",
        )


def _weekday(number: int) -> str:
    return str(dates.WEEKDAYS[number - 1])
