"""What the operator wants to go wrong with the next message of a clinic, so that its handling can be tried."""

from enum import StrEnum

from django.db import transaction

from skranke.sandbox.models import Trouble


class TroubleKind(StrEnum):
    """refuse: a negative receipt (T99). report: a report on the sender's error queue. silence: no receipt at all."""

    REFUSE = "refuse"
    REPORT = "report"
    SILENCE = "silence"


REASON = "Sandkassen er bedt om å gjøre feil med denne meldingen."


def order(kind: TroubleKind) -> None:
    """One more message will meet this."""
    Trouble.objects.create(kind=kind.value)


def ordered() -> list[TroubleKind]:
    """What still waits, in order."""
    return [TroubleKind(kind) for kind in Trouble.objects.order_by("id").values_list("kind", flat=True)]


def forget() -> None:
    """Everything goes well again."""
    Trouble.objects.all().delete()


def next_one() -> TroubleKind | None:
    """Take what waits longest, for good: whatever becomes of the message, the next one meets the next."""
    with transaction.atomic():
        row = Trouble.objects.select_for_update(skip_locked=True).order_by("id").first()
        if row is None:
            return None
        row.delete()
        return TroubleKind(row.kind)
