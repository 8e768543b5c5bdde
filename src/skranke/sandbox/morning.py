"""A morning's traffic for a demo: citizens write to their GPs and book times, over the real wire like anybody else.

Deterministic: the same citizens write the same things. Sent once; a world where a citizen has written is left alone.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle, islice
from uuid import uuid4

from django.db import transaction

from skranke.kernel import clock
from skranke.kernel.errors import SkrankeError
from skranke.kernel.log import get_logger
from skranke.sandbox import documents, outbox, services
from skranke.sandbox.access import Visit
from skranke.sandbox.keys import the_world
from skranke.sandbox.models import Citizen, Direction, Message
from skranke.sandbox.rules import Access
from skranke.sandbox.world import Service
from skranke.standards.build import ekonsultasjon, ekontakt
from skranke.standards.msghead import MsgHead

CONSULTATIONS_PER_GP = 15
CONSULTATIONS_FIRST_GP = 30
CONTACTS_PER_GP = 6
BOOKINGS_PER_GP = 16
_FIRST = timedelta(days=3)
_REPLY_SECONDS = 15.0
_log = get_logger(__name__)

_CONSULTATIONS = (
    ("Svimmel etter ny medisin", "Jeg begynte på blodtrykksmedisin forrige uke og blir svimmel når jeg reiser meg."),
    ("Hoste som ikke gir seg", "Jeg har hostet i fire uker etter en forkjølelse. Ingen feber. Bør jeg komme inn?"),
    (
        "Sykmelding, forlengelse",
        "Ryggen er bedre, men jeg klarer ikke tunge løft på jobb ennå. Kan vi forlenge to uker?",
    ),
    ("Blodprøvesvar", "Jeg tok blodprøver for en uke siden. Er det noe jeg bør vite?"),
    ("Eksem i albuene", "Eksemet har blusset opp igjen. Kremen jeg fikk i fjor, er brukt opp."),
    ("Søvnproblemer", "Jeg sover tre-fire timer hver natt. Har prøvd å kutte kaffe uten at det hjelper."),
    ("Henvisning til fysioterapeut", "Skulderen er fortsatt stiv. Vi snakket om fysioterapi sist."),
    ("Spørsmål om vaksine", "Jeg skal til Thailand i februar. Hvilke vaksiner trenger jeg?"),
    ("Allergi om våren", "Nesesprayen hjelper ikke nok. Kan jeg prøve noe annet i god tid før bjørka?"),
    ("Vondt i kneet etter løping", "Kneet hovnet opp etter en løpetur på lørdag. Nå er det stivt om morgenen."),
    ("Resultat av røntgen", "Jeg var til røntgen av hånda på mandag. Har dere fått svaret?"),
    ("Trett hele tiden", "Jeg er trett selv om jeg sover godt. Kan det være jernet igjen?"),
    ("Bivirkning av p-piller", "Jeg har hatt hodepine nesten hver dag siden jeg byttet merke."),
    ("Blodtrykk målt hjemme", "Jeg har målt hver morgen i to uker. Snittet er 148 over 92."),
    ("Utslett etter antibiotika", "Jeg fikk prikker på magen etter tredje tablett. Skal jeg slutte?"),
)
_CONTACTS = (
    ("Åpningstid i julen", "Er dere åpne mellom jul og nyttår?"),
    ("Parkering ved legekontoret", "Finnes det parkering for forflytningshemmede hos dere?"),
    ("Kopi av timebekreftelse", "Kan jeg få en bekreftelse på at jeg var hos dere på tirsdag? Arbeidsgiver spør."),
    ("Ny adresse", "Vi har flyttet. Må jeg gjøre noe for å beholde fastlegen?"),
    ("Hvordan levere urinprøve", "Kan jeg levere prøven uten time, og når må jeg komme?"),
    ("Tolk til timen", "Kan dere bestille tolk til timen min neste uke?"),
)
_CONCERNS = (
    "Kontroll av blodtrykk", "Føflekk jeg vil ha sett på", "Vondt i ryggen", "Årskontroll diabetes",
    "Øreverk siden lørdag", "Forlenge sykmelding", "Prevensjon", "Stiv skulder",
)  # fmt: skip


def send() -> int:
    """Send the morning, and give how many messages left; none where a citizen has written already.

    What HelseNorge itself has been asked and has answered says nothing: a clinic asks at night who is active.
    """
    if Message.objects.filter(direction=Direction.OUT, acting__isnull=False).exists():
        return 0
    sent = 0
    for number, writers in enumerate(_writers_by_gp()):
        # One inbox is as full as a busy Monday's: with everybody's contacts, more than fifty threads.
        sent += _write(writers, CONSULTATIONS_PER_GP if number else CONSULTATIONS_FIRST_GP)
        sent += _book(writers)
    _log.info("morning_sent", messages=sent)
    return sent


def _writers_by_gp() -> Iterator[list[Citizen]]:
    """Each GP's citizens who may write, in the order of the world file."""
    by_gp: dict[str, list[Citizen]] = {}
    for citizen in Citizen.objects.select_related("gp").order_by("id"):
        if citizen.gp is not None and Visit(citizen, citizen).access is Access.FULL:
            by_gp.setdefault(citizen.gp.her_id, []).append(citizen)
    # A list shorter than a morning's writers is a small office's: it is left quiet.
    yield from (writers for writers in by_gp.values() if len(writers) >= CONSULTATIONS_PER_GP + CONTACTS_PER_GP)


def _write(writers: Sequence[Citizen], consultations: int) -> int:
    kinds = [*islice(cycle((ekonsultasjon, one) for one in _CONSULTATIONS), consultations)]
    kinds += [*islice(cycle((ekontakt, one) for one in _CONTACTS), CONTACTS_PER_GP)]
    # The first citizens are those that people try the demo as: they start with an empty inbox.
    authors = writers[-len(kinds) :]
    step = _FIRST / len(kinds)
    for number, (citizen, (builder, (subject, text))) in enumerate(zip(authors, kinds, strict=False)):
        # Consultations and contacts take turns in time, the newest an hour ago.
        at = clock.now() - _FIRST + step * (number * 8 % len(kinds)) - timedelta(hours=1)
        _put(citizen, builder.citizen_question, subject, text, at)
    return len(kinds)


def _put(citizen: Citizen, build: Callable[..., MsgHead], subject: str, text: str, at: datetime) -> None:
    if citizen.gp is None:
        return
    envelope = documents.envelope(the_world().own, citizen.gp, patient=citizen, msg_id=uuid4(), now=at)
    document = build(envelope, subject=subject, text=text)
    with transaction.atomic():
        outbox.put(outbox.Draft(document=document, party=citizen.gp, citizen=citizen, acting=citizen))


def _book(writers: Sequence[Citizen]) -> int:
    """One asks for the GP's times, and others book some of them, spread over the weeks."""
    visits = [Visit(actor=citizen, patient=citizen) for citizen in writers[-40:]]
    if not visits or visits[0].patient.gp is None or Service.BOOKING not in visits[0].patient.gp.services:
        return 0
    question = services.ask_for_slots(visits[0])
    services.wait_for_reply(question, seconds=_REPLY_SECONDS)
    times = [one for one in services.offered(question) if not one.must_call and one.available_at is None]
    chosen = times[:: max(1, len(times) // BOOKINGS_PER_GP)][:BOOKINGS_PER_GP]
    booked = 0
    for visit, slot, concern in zip(visits, chosen, cycle(_CONCERNS), strict=False):
        try:
            services.reserve(visit, question, uid=slot.uid, comment=concern)
        except SkrankeError:
            continue
        booked += 1
    return booked + 1
