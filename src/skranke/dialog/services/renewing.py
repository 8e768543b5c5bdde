"""The items of a request for renewal: what staff make of them, and what an answer says of each (RX-2, RX-10)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.dialog import rules
from skranke.dialog.errors import ItemsContradictError, PrescriptionError
from skranke.dialog.models import DialogKind, Direction, Message, Thread
from skranke.dialog.outcomes import OutcomeRule
from skranke.dialog.renewals import RenewalList, RenewalResult
from skranke.dialog.services.changes import add_event, is_answered_finally, lock_for_change, save_change
from skranke.dialog.values import EventKind, ItemResult, PrescriptionFacts, RenewalItem
from skranke.kernel import clock
from skranke.kernel.errors import ConflictError, InvalidError
from skranke.standards import profile

_TEXT_LENGTH, _MOST_LINES = 500, 20
# The patient reads these, whatever language the one who answers works in: they are not translated.
_SENTENCES = {True: "{} er fornyet.", False: "{} er ikke fornyet."}


def items_of(thread: Thread) -> tuple[RenewalItem, ...]:
    """What the newest request asks to renew: as staff have arranged it, else as it came (RX-2)."""
    request = _request(thread)
    return _as_they_stand(request) if request is not None else ()


def items_among(thread: Thread, messages: Sequence[Message]) -> tuple[RenewalItem, ...]:
    """As `items_of`, of a thread whose messages are read already, in their order, with what belongs to each."""
    if thread.kind != DialogKind.PRESCRIPTION_RENEWAL:
        return ()
    codes = rules.request_codes(thread.kind)
    asked = [one for one in messages if one.direction == Direction.IN and one.code in codes]
    return _as_they_stand(asked[-1]) if asked else ()


def _request(thread: Thread) -> Message | None:
    if thread.kind != DialogKind.PRESCRIPTION_RENEWAL:
        return None
    asked = thread.messages.filter(direction=Direction.IN, code__in=rules.request_codes(thread.kind))
    return asked.order_by("-generated_at", "-msg_id").first()


def _as_they_stand(request: Message) -> tuple[RenewalItem, ...]:
    named = [(row.id, row.name) for row in sorted(request.prescriptions.all(), key=lambda row: row.number)]
    newest = max(request.renewal_lists.all(), key=lambda row: row.number, default=None)
    if newest is not None:
        texts = newest.items
    elif named:
        texts = [name for _id, name in named]
    else:
        texts = [line.strip() for line in request.text.splitlines() if line.strip()][:_MOST_LINES]
    return tuple(
        RenewalItem(number=number, text=text, of=_taken(named, text)) for number, text in enumerate(texts, start=1)
    )


def _taken(named: list[tuple[UUID, str]], text: str) -> UUID | None:
    """The prescription of that name, for one item only: what has got another name is another article."""
    found = next((one for one in named if one[1] == text), None)
    if found is None:
        return None
    named.remove(found)
    return found[0]


def arrange_items(thread: Thread, texts: Sequence[str], *, expected_version: int | None = None) -> Thread:
    """Correct, merge, split or add items: they are these texts from now on, and what they were is kept (RX-2).

    The patient's own text and prescriptions are never changed. Raises InvalidError, ConflictError where there is no
    request that waits for its answer, VersionConflictError.
    """
    thread, employee = lock_for_change(thread, expected_version=expected_version)
    request = _request(thread)
    if request is None or is_answered_finally(thread):
        raise ConflictError(_("Listen kan ikke endres: ingen reseptforespørsel venter på svar."))
    items = _checked(texts)
    if items == [one.text for one in _as_they_stand(request)]:
        return thread
    RenewalList.objects.create(
        clinic_id=thread.clinic_id,
        request=request,
        number=request.renewal_lists.count() + 1,
        items=items,
        employee=employee,
        changed_at=clock.now(),
    )
    add_event(thread, EventKind.ITEMS_CHANGED, detail={"items": items})
    record(
        Action.ITEMS_CHANGED,
        subject_kind="thread",
        subject_id=thread.id,
        patient_id=thread.patient_id,
        detail={"message": str(request.id), "items": len(items)},
    )
    save_change(thread)
    return thread


def _checked(texts: Iterable[str]) -> list[str]:
    items = [line for line in (rules.clean_line(text) for text in texts) if line]
    if not items:
        raise InvalidError(_("Listen må ha minst én resept."), field="items")
    if len(items) > profile.MOST_PRESCRIPTIONS:
        raise InvalidError(
            _("Listen kan ha høyst %(most)d resepter.") % {"most": profile.MOST_PRESCRIPTIONS}, field="items"
        )
    if any(len(item) > _TEXT_LENGTH for item in items):
        raise InvalidError(
            _("Hver resept i listen kan ha høyst %(most)d tegn.") % {"most": _TEXT_LENGTH}, field="items"
        )
    return items


def told_of_items(
    thread: Thread, stated: Sequence[ItemResult] | None, decided: OutcomeRule | None
) -> tuple[ItemResult, ...]:
    """What an answer says of each item, with its text. Raises ItemsContradictError where the outcome says otherwise.

    stated: None where the one who answers keeps the items elsewhere, and tells of the outcome alone.
    """
    if stated is None:
        return ()
    if not rules.tells_of_items(decided, (one.renewed for one in stated)):
        raise ItemsContradictError(_contradiction(decided), field="results")
    known = {item.number: item.text for item in items_of(thread)}
    told = {one.number: _whole(one, known) for one in stated}
    if len(told) < len(stated):
        raise InvalidError(_("Hver resept kan bare ha ett svar."), field="results")
    return tuple(told[number] for number in sorted(told))


def _contradiction(decided: OutcomeRule | None) -> str:
    if decided is not None and decided.must_tell:
        return _(
            "Delvis fornyet krever minst én resept som er fornyet, og minst én som ikke er det. Kryss av for dem du har"
            " fornyet, eller velg et annet svar."
        )
    return _(
        "Svaret sier noe annet enn det som er merket av for reseptene. Rett avkryssingen, eller velg et annet svar."
    )


def _whole(one: ItemResult, known: dict[int, str]) -> ItemResult:
    text = known.get(one.number) or rules.clean_line(one.text)
    if not text or len(text) > _TEXT_LENGTH or not 1 <= one.number <= profile.MOST_PRESCRIPTIONS:
        raise InvalidError(
            _("Resept %(number)d: skriv navn, form og styrke.") % {"number": one.number}, field="results"
        )
    return ItemResult(number=one.number, renewed=one.renewed, text=text)


def require_renewed(thread: Thread, told: Sequence[ItemResult], prescriptions: Sequence[PrescriptionFacts]) -> None:
    """A prescription goes along only with an item that is renewed (RX-16, DDFL-RX-05). Raises PrescriptionError."""
    refused = {one.number for one in told if not one.renewed}
    items = [one for one in items_of(thread) if one.number in refused]
    ids, texts = {one.of for one in items if one.of}, {one.text for one in items}
    for number, one in enumerate(prescriptions, start=1):
        by_name = one.item is None and one.of is None and one.name in texts
        if one.item in refused or one.of in ids or by_name:
            raise PrescriptionError(number, _("den er ikke merket som fornyet, og kan ikke følge med"))


def result_rows(answer: Message, told: Sequence[ItemResult]) -> list[RenewalResult]:
    """The rows of what an answer says of its items."""
    return [
        RenewalResult(clinic_id=answer.clinic_id, answer=answer, number=one.number, text=one.text, renewed=one.renewed)
        for one in told
    ]


def sentences(told: Iterable[ItemResult]) -> str:
    """What was decided of each item, for the patient: a sentence a line (RX-10)."""
    return "\n".join(_SENTENCES[one.renewed].format(one.text) for one in told)
