"""What the clinic's patients see of its common services in HelseNorge, and why not more (RES-7, RES-9, HNB-15)."""

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.clinics.activation.queries import offered_by
from skranke.clinics.models import Clinic, CommunicationParty, PartyKind, Service
from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.scheduling import rules
from skranke.scheduling.facts import all_types
from skranke.scheduling.holding import types_in, wrongly_owned
from skranke.scheduling.queries import offered_by_the_clinic
from skranke.scheduling.resources import common_schedules
from skranke.scheduling.visibility import AHEAD, Mend, Point, Sight, Weight, free_point, live_point, service_point

NO_PARTY = "tjenester"


def common_sights() -> list[Sight]:
    """One for each service party of the clinic; where there is none, one that says so."""
    rows = CommunicationParty.objects.filter(kind=PartyKind.SERVICE, employee__isnull=True, active=True)
    clinic = this_clinic()
    return [_sight(clinic, row) for row in rows.order_by("name", "her_id") or (None,)]


def _sight(clinic: Clinic, party: CommunicationParty | None) -> Sight:
    now = clock.now()
    free = offered_by_the_clinic(party, start=now, end=now + AHEAD, now=now) if party is not None else []
    offers = offered_by(party, clinic) if party is not None else frozenset()
    return Sight(
        key=str(party.id) if party is not None else NO_PARTY,
        name=party.name if party is not None else _("Tjenester ved legekontoret"),
        common=True,
        shown=offers & {Service.BOOKING.value},
        free=tuple(free),
        ground=(live_point(clinic), *_party_points(party)),
        messages=(),
        times=(service_point(Service.BOOKING, clinic, party), *_times(), *([free_point(free)] if offers else ())),
    )


def _party_points(party: CommunicationParty | None) -> Iterator[Point]:
    if party is None:
        text = _("Klinikken har ingen tjeneste med egen HER-id. Felles timer bestilles hos den.")
        yield Point(weight=Weight.OFF, text=text, mend=Mend.OPERATOR)
        return
    name = {"name": party.name, "her_id": party.her_id}
    yield Point(weight=Weight.OK, text=_("%(name)s har HER-id %(her_id)s.") % name)
    if party.live_since is not None:
        yield Point(weight=Weight.OK, text=_("%(name)s er på i HelseNorge.") % name)
    else:
        text = _("%(name)s er ikke slått på i HelseNorge.") % name
        yield Point(weight=Weight.FAULT, text=text, mend=Mend.OPERATOR)


def _times() -> Iterator[Point]:
    """Each rule by itself, met or not: a flagged type, on the net, in a schedule that is, which no GP owns."""
    flagged = {one.id: one for one in all_types().values() if one.category}
    if not flagged:
        text = _("Ingen timetype er merket «Bruk som ressurstime på HelseNorge».")
        yield Point(weight=Weight.OFF, text=text, mend=Mend.TYPES)
        return
    bookable = {one.id for one in flagged.values() if one.active and one.bookable_online and not rules.is_hidden(one)}
    names = ", ".join(sorted(one.name for one in flagged.values() if one.id in bookable or not bookable))
    if bookable:
        yield Point(weight=Weight.OK, text=_("Timetyper som er ressurstimer: %(names)s.") % {"names": names})
    else:
        text = _("Ingen av ressurstimene kan bestilles på nett: %(names)s.") % {"names": names}
        yield Point(weight=Weight.FAULT, text=text, mend=Mend.TYPES)
    yield _schedules_point(bookable or set(flagged))
    for one in wrongly_owned():
        assert one.owner is not None
        text = _("%(owner)s er fastlege og eier timeboken «%(name)s», som bare har ressurstimer. De vises ikke her.")
        facts = {"owner": one.owner.name, "name": one.internal_name}
        yield Point(weight=Weight.FAULT, text=text % facts, mend=Mend.SCHEDULES)


def _schedules_point(types: set[UUID]) -> Point:
    held = common_schedules()
    kinds = types_in(held)
    held = [one for one in held if types & kinds.get(one.id, frozenset())]
    online = [f"«{one.internal_name}»" for one in held if one.online]
    if online:
        text = _("Timebøker på nett med ressurstimer: %(names)s.") % {"names": ", ".join(online)}
        return Point(weight=Weight.OK, text=text)
    if held:
        text = _("Ingen timebok med ressurstimer er tilgjengelig på nett: %(names)s.")
        named = ", ".join(f"«{one.internal_name}»" for one in held)
        return Point(weight=Weight.FAULT, text=text % {"names": named}, mend=Mend.SCHEDULES)
    text = _("Ingen timebok som klinikken, en gruppe eller en annen enn en fastlege eier, har ressurstimer.")
    return Point(weight=Weight.FAULT, text=text, mend=Mend.SCHEDULES)
