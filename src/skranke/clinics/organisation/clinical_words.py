"""The words that make an e-kontakt look like a clinical question, which an administrator writes down (IMP-6)."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.models import Clinic
from skranke.clinics.permissions import Permission
from skranke.clinics.queries import this_clinic
from skranke.kernel.errors import ChangedError, InvalidError
from skranke.tenancy.work import current_actor

SUGGESTED = (
    "allergi",
    "blodprøve",
    "blødning",
    "bivirkning",
    "diagnose",
    "feber",
    "gravid",
    "hoste",
    "infeksjon",
    "kvalm",
    "medisin",
    "prøvesvar",
    "pust",
    "smerte",
    "svimmel",
    "sykmelding",
    "symptom",
    "tablett",
    "utslett",
    "vondt",
)
"""What a clinic may begin with; nothing is used before it is saved. Bokmål, as most patients write."""
SHORTEST, LONGEST, MOST = 3, 60, 200


def clinical_words() -> tuple[str, ...]:
    """The clinic's words, in lower case and in order; none, and nothing is suggested to those who answer."""
    return tuple(this_clinic().clinical_words)


def set_clinical_words(words: Iterable[str], *, expected: Sequence[str]) -> None:
    """Use these words from now on. expected: those that the caller has changed.

    Raises NotAllowedError, InvalidError, ChangedError.
    """
    actor = current_actor()
    require(actor, Permission.CHANGE_SETTINGS)
    chosen = sorted({" ".join(word.split()).lower() for word in words} - {""})
    _check(chosen)
    clinic = Clinic.objects.select_for_update().get(id=actor.clinic_id)
    if list(expected) != clinic.clinical_words:
        raise ChangedError(_("Noen andre har endret ordene i mellomtiden. Se over, og lagre igjen."))
    clinic.clinical_words = chosen
    clinic.save(update_fields=["clinical_words"])
    record(Action.CLINICAL_WORDS_CHANGED, subject_kind="clinic", subject_id=clinic.id, detail={"words": chosen})


def _check(words: Sequence[str]) -> None:
    wrong = next((word for word in words if not SHORTEST <= len(word) <= LONGEST), None)
    if wrong is not None:
        limits = {"word": wrong, "least": SHORTEST, "most": LONGEST}
        raise InvalidError(
            _("«%(word)s» må ha mellom %(least)d og %(most)d tegn. Ingenting er lagret.") % limits, field="words"
        )
    if len(words) > MOST:
        raise InvalidError(_("Skriv høyst %(most)d ord. Ingenting er lagret.") % {"most": MOST}, field="words")
