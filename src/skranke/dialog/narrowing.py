"""The filters of a mailbox (MSG-7): who takes part, when the newest message came, and what is due today."""

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from skranke.dialog.models import Participant
from skranke.dialog.values import Narrowing
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError


def narrowed(by: Narrowing) -> Q:
    """What of a mailbox is left by the filter. Raises InvalidError for a period that ends before it begins."""
    kept = Q()
    if by.participant is not None:
        who = Q(employee=by.participant) | Q(group=by.participant) | Q(role=by.participant)
        kept &= Q(Exists(Participant.objects.filter(who, thread=OuterRef("pk"))))
    if by.due:
        kept &= Q(answer_due__lte=clock.today())
    if by.first and by.last and by.last < by.first:
        raise InvalidError(_("Sluttdatoen er før startdatoen. Velg en senere sluttdato."), field="to")
    begins = _midnight(by.first) if by.first else None
    ends = _midnight(by.last + timedelta(days=1)) if by.last and by.last < date.max else None
    if begins:
        kept &= Q(last_message_at__gte=begins)
    if ends:
        kept &= Q(last_message_at__lt=ends)
    return kept


def _midnight(day: date) -> datetime | None:
    """When a day begins; None for one so far away that nothing can come before or after it."""
    return clock.from_oslo(datetime.combine(day, time()))
