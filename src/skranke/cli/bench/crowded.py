"""Twenty clinics' patients and the largest one's conversations, written in bulk. All synthetic."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import LiteralString
from uuid import UUID, uuid4

import psycopg
from psycopg.sql import SQL

from skranke.cli.bench import vocabulary
from skranke.dialog.models import ThreadState
from skranke.kernel import clock
from skranke.kernel.ids import synthetic_national_id
from skranke.patients import rules

LARGEST, OTHERS = 40_000, 2_000
OTHER_CLINICS = 19
THREADS = 100_000
_BORN = date(1930, 1, 1)
Person = tuple[UUID, UUID, str, str, str, str, date, str, UUID | None]
"""The columns of `_PEOPLE`."""
Talk = tuple[UUID, UUID, UUID | None, str, str, datetime]
"""A conversation: its id, patient, GP, title, state, and when the newest message came."""
_NUMBERS_A_DAY = 4
_TAKEN = 100
_TALKATIVE = 1.1
"""How unlike patients are: at 1.1 a third never write, and a hundredth have every seventh conversation."""
_OPEN, _LONGER, _MOST_MESSAGES = 0.03, 0.4, 8
_HALF_AS_LONG, _UNLIKE, _LONGEST = 28, 0.7, 160
_NUMBERED, _NUMBERS = 0.3, 5000
_MINUTES = 5 * 365 * 24 * 60
_PEOPLE = (
    "id uuid, clinic_id uuid, national_id text, given_name text, family_name text, sort_key text, birth_date date,"
    " phone text, gp_id uuid"
)
_PARTS = "COPY patients_namepart (id, clinic_id, patient_id, key, loose) FROM STDIN"
_COPIES = """
    WITH model AS (SELECT p AS row FROM patients_patient p LIMIT 1)
    INSERT INTO patients_patient SELECT (jsonb_populate_record(m.row, jsonb_build_object(
        'id', f.id, 'clinic_id', f.clinic_id, 'national_id', f.national_id, 'given_name', f.given_name,
        'family_name', f.family_name, 'sort_key', f.sort_key, 'birth_date', f.birth_date, 'phone', f.phone,
        'phone_key', f.phone, 'gp_id', f.gp_id, 'on_gp_list', false))).*
      FROM model m, pg_temp.fresh f
"""
_TALK = """
    WITH model AS (SELECT * FROM pg_temp.model),
    threads AS (
        INSERT INTO dialog_thread SELECT (jsonb_populate_record(m.thread, jsonb_build_object(
            'id', f.id, 'patient_id', f.patient_id, 'conversation', f.id, 'title', f.title, 'state', f.state,
            'created_at', f.at, 'last_message_at', f.at, 'answer_due', NULL))).* FROM model m, pg_temp.talk f),
    participants AS (
        INSERT INTO dialog_participant SELECT (jsonb_populate_record(m.participant, jsonb_build_object(
            'id', gen_random_uuid(), 'thread_id', f.id, 'employee_id', f.gp_id, 'last_message_at', f.at,
            'in_inbox', f.state = 'open', 'thread_open', f.state = 'open'))).* FROM model m, pg_temp.talk f)
    INSERT INTO dialog_message ({columns}) SELECT {columns} FROM (
        SELECT (jsonb_populate_record(m.message, jsonb_build_object(
            'id', s.id, 'thread_id', f.id, 'msg_id', s.id, 'subject', f.title, 'text', s.text,
            'generated_at', f.at - make_interval(hours => s.before)))).*
          FROM model m, (SELECT *, gen_random_uuid() AS id FROM pg_temp.said) s
          JOIN pg_temp.talk f ON f.id = s.talk_id) AS message
"""
_MODEL = """
    CREATE TEMP TABLE model AS
    SELECT t AS thread, m AS message, p AS participant
      FROM dialog_thread t JOIN dialog_message m ON m.thread_id = t.id
      JOIN dialog_participant p ON p.thread_id = t.id LIMIT 1
"""
_WRITTEN = """
    SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
     WHERE table_name = 'dialog_message' AND is_generated = 'NEVER'
"""


def message_columns(raw: psycopg.Connection) -> SQL:
    """What a message is written with: the database keeps its words by itself."""
    row = raw.execute(_WRITTEN).fetchone()
    assert row is not None
    return SQL(row[0])


def fill(dsn: str, largest: UUID) -> None:
    """Write everything, as a superuser, in the place of all conversations that are there. An open one waits for its GP.

    largest: the clinic that gets most, and that has GPs and a thread.
    """
    chance = random.Random(20261128)  # noqa: S311 - the same people in every run
    named = vocabulary.names(chance)
    with psycopg.connect(dsn) as raw:
        # Their foreign keys hold by the way they are made; asking for each of them costs more than all else.
        raw.execute("SET session_replication_role = replica")
        gps = [row[0] for row in raw.execute("SELECT id FROM clinics_employee WHERE clinic_id = %s", [largest])]
        raw.execute(f"CREATE TEMP TABLE fresh ({_PEOPLE})")
        patients = [*_people(largest, LARGEST, chance, named, gps)]
        others = [one for _ in range(OTHER_CLINICS) for one in _people(uuid4(), OTHERS, chance, named, [None])]
        people = patients + others
        _copied(raw, "COPY pg_temp.fresh FROM STDIN", people)
        raw.execute(_COPIES)
        _copied(raw, _PARTS, _parts(people))
        talks = [*_talks(patients, chance)]
        raw.execute(
            "CREATE TEMP TABLE talk (id uuid, patient_id uuid, gp_id uuid, title text, state text, at timestamptz)"
        )
        _copied(raw, "COPY pg_temp.talk FROM STDIN", talks)
        raw.execute("CREATE TEMP TABLE said (talk_id uuid, before int, text text)")
        _copied(raw, "COPY pg_temp.said FROM STDIN", _messages(talks, chance))
        raw.execute("ANALYZE pg_temp.talk; ANALYZE pg_temp.said")
        raw.execute(_MODEL)
        # What another measurement wrote is a hundred conversations again and again.
        raw.execute("TRUNCATE dialog_thread, dialog_message, dialog_participant CASCADE")
        raw.execute(SQL(_TALK).format(columns=message_columns(raw)))
        # Row by row the index of the words would take more than half of the time; nor do triggers work here.
        raw.execute("DROP INDEX threadwords_words")
        raw.execute("SELECT count(threadwords_rebuilt(id)) FROM dialog_thread")
        raw.execute("CREATE INDEX threadwords_words ON dialog_threadwords USING gin (clinic_id, words)")
        raw.commit()
        raw.autocommit = True
        raw.execute("VACUUM ANALYZE")


def _copied(raw: psycopg.Connection, command: LiteralString, rows: Iterable[Sequence[object]]) -> None:
    with raw.cursor().copy(command) as copy:
        for row in rows:
            copy.write_row(row)


def _people(
    clinic_id: UUID,
    count: int,
    chance: random.Random,
    named: Callable[[], tuple[str, str]],
    gps: Sequence[UUID | None],
) -> Iterator[Person]:
    """A clinic's patients, from the oldest on."""
    for number in range(count):
        born = _BORN + timedelta(days=number // _NUMBERS_A_DAY)
        given, family = named()
        sort_key = " ".join(rules.name_parts(family, given))
        national_id = synthetic_national_id(born, _TAKEN + number % _NUMBERS_A_DAY).value
        phone = str(40_000_000 + chance.randrange(10_000_000))
        yield uuid4(), clinic_id, national_id, given, family, sort_key, born, phone, gps[number % len(gps)]


def _parts(people: Iterable[Person]) -> Iterator[tuple[object, ...]]:
    for patient_id, clinic_id, _, given, family, *_rest in people:
        for part in rules.name_parts(given, family):
            yield uuid4(), clinic_id, patient_id, part, rules.loose_key(part)


def _talks(patients: Sequence[Person], chance: random.Random) -> Iterator[Talk]:
    """Each conversation is some patient's: most have few or none, some have dozens."""
    subject, now = vocabulary.subject(chance), clock.now()
    shares = [chance.lognormvariate(0, _TALKATIVE) for _ in patients]
    for patient in chance.choices(patients, weights=shares, k=THREADS):
        at = now - timedelta(minutes=chance.randrange(_MINUTES))
        state = ThreadState.OPEN if chance.random() < _OPEN else ThreadState.CLOSED
        yield uuid4(), patient[0], patient[-1], subject(), str(state), at


def _messages(talks: Iterable[Talk], chance: random.Random) -> Iterator[tuple[UUID, int, str]]:
    """The messages of each, with how many hours each was written before the newest: mostly one or two, mostly short."""
    say = vocabulary.talk(chance)
    for talk in talks:
        for before in range(_MOST_MESSAGES):
            words = min(_LONGEST, 1 + round(_HALF_AS_LONG * chance.lognormvariate(0, _UNLIKE)))
            number = f" {chance.randrange(_NUMBERS)}" if chance.random() < _NUMBERED else ""
            yield talk[0], 5 * before, say(words) + number
            if chance.random() > _LONGER:
                break
