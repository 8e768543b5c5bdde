"""What an answer has renewed: what was stated, completed from the request and judged (RX-16)."""

from collections.abc import Sequence
from dataclasses import fields, replace
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.dialog import rules
from skranke.dialog.errors import PrescriptionError, PrescriptionsNeededError
from skranke.dialog.models import Direction, Message, Prescription, Thread
from skranke.dialog.outcomes import OutcomeRule
from skranke.dialog.values import PrescriptionFacts, PrescriptionView
from skranke.kernel.errors import InvalidError
from skranke.standards import profile

_POINTERS = {"of", "item"}
_FACTS = tuple(field.name for field in fields(PrescriptionFacts) if field.name not in _POINTERS)
# What one article is; of another name it would be made up.
_IDENTITY = ("form", "kind", "atc", "atc_name", "brand", "article_number", "pack_size", "pack_unit", "pack_unit_name")
_MOST_REPEATS = 99
_NAME_LENGTH = 500


def rows(message: Message, prescriptions: Sequence[PrescriptionFacts]) -> list[Prescription]:
    """The rows of a message's prescriptions, in their order."""
    return [
        Prescription(
            clinic_id=message.clinic_id,
            message=message,
            number=number,
            **{name: getattr(one, name) for name in _FACTS},
        )
        for number, one in enumerate(prescriptions)
    ]


def view(row: Prescription) -> PrescriptionView:
    """A prescription as the screen and the API show it."""
    return PrescriptionView(id=row.id, **{name: getattr(row, name) for name in _FACTS})


def renewed(
    thread: Thread, stated: Sequence[PrescriptionFacts], decided: OutcomeRule | None
) -> tuple[PrescriptionFacts, ...]:
    """What goes along with an answer, each item whole.

    Raises InvalidError where the outcome renews nothing or they are too many; PrescriptionError for one that names
    nothing of the request or lacks what an M1 demands; PrescriptionsNeededError where the profile lets no answer leave
    without (D-05).
    """
    names_items = decided is not None and decided.names_items
    if stated and not names_items:
        raise InvalidError(_("Bare resepter som er fornyet, kan følge med svaret."), field="prescriptions")
    if names_items and not stated and profile.RENEWAL_NEEDS_PRESCRIPTIONS:
        raise PrescriptionsNeededError(
            _("Skriv inn reseptene som er fornyet. Svaret kan ikke sendes uten dem."), field="prescriptions"
        )
    if len(stated) > profile.MOST_PRESCRIPTIONS:
        raise InvalidError(
            _("Et svar kan ha høyst %(most)d resepter.") % {"most": profile.MOST_PRESCRIPTIONS}, field="prescriptions"
        )
    asked = {
        row.id: view(row)
        for row in Prescription.objects.filter(message__thread=thread, message__direction=Direction.IN)
    }
    found = tuple(_completed(number, one, asked) for number, one in enumerate(stated, start=1))
    for number, one in enumerate(found, start=1):
        _require_whole(number, one)
    return found


def _completed(number: int, stated: PrescriptionFacts, asked: dict[UUID, PrescriptionView]) -> PrescriptionFacts:
    stated = replace(
        stated,
        name=rules.clean_line(stated.name),
        use=rules.clean_text(stated.use),
        purpose=rules.clean_line(stated.purpose),
    )
    if stated.of is None:
        return stated
    wanted = asked.get(stated.of)
    if wanted is None:
        raise PrescriptionError(number, _("forespørselen har ingen slik resept"))
    same = stated.name in {"", wanted.name}
    facts = {name: getattr(stated, name) or getattr(wanted, name) for name in ("name", "group", "use", "purpose")}
    facts |= {name: _first(getattr(stated, name), getattr(wanted, name)) for name in ("amount", "repeats")}
    facts |= {name: getattr(wanted if same else stated, name) for name in _IDENTITY}
    return replace(stated, **facts)


def _first(stated: object, otherwise: object) -> object:
    return otherwise if stated is None else stated


def _require_whole(number: int, one: PrescriptionFacts) -> None:
    """What the schema of M1 demands, and what cannot be meant."""
    if not one.name or len(one.name) > _NAME_LENGTH:
        raise PrescriptionError(number, _("skriv navn, form og styrke"))
    if rules.needs_group(one.form) and not rules.is_prescription_group(one.group):
        raise PrescriptionError(number, _("velg reseptgruppe"))
    if one.amount is not None and not rules.is_amount(one.amount):
        raise PrescriptionError(number, _("antall må være et tall over null, med høyst tre desimaler"))
    if one.repeats is not None and not 0 <= one.repeats <= _MOST_REPEATS:
        raise PrescriptionError(number, _("reiterasjoner må være et helt tall fra 0 til 99"))
    if one.prescribed and one.expires and one.expires < one.prescribed:
        raise PrescriptionError(number, _("den kan ikke gå ut før den er forskrevet"))
