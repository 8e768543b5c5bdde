"""Twenty clinics' patients and the largest one's conversations, written in bulk. All synthetic."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
from psycopg.sql import SQL

from skranke.kernel.ids import synthetic_national_id
from skranke.patients import rules

LARGEST, OTHERS = 40_000, 2_000
OTHER_CLINICS = 19
THREADS = 100_000
_GIVEN = (
    "Anne", "Ola", "Kari", "Per", "Ingrid", "Nils", "Astrid", "Jon", "Marit", "Håkon", "Bjørn", "Sigrid", "Lars",
    "Åse", "Mohammed", "Fatima", "Emma", "Noah", "Øystein", "Christian", "Kristian", "Thea", "Mette", "Solveig",
)  # fmt: skip
_FAMILY = ("Hansen", "Johansen", "Olsen", "Larsen", "Andersen", "Nilsen", "Berg", "Haugen", "Dahl", "Lund")
_FIRST = (
    "Nord",
    "Sør",
    "Øst",
    "Vest",
    "Lille",
    "Stor",
    "Ny",
    "Gammel",
    "Bjørke",
    "Furu",
    "Aske",
    "Lang",
    "Bred",
    "Høy",
)
_LAST = ("dal", "vik", "mann", "berg", "haug", "nes", "lund", "moen", "stad", "heim", "rud", "land", "bakken", "vold")
_WORDS = (
    "skulder", "kne", "rygg", "hodepine", "feber", "utslett", "blodprøve", "resept", "sykmelding", "allergi", "hoste",
    "svimmel", "søvn", "mage", "vaksine", "kontroll", "time", "henvisning", "røntgen", "medisin", "smerte", "hjerte",
)  # fmt: skip
_BORN = date(1930, 1, 1)
Person = tuple[UUID, UUID, str, str, str, str, date, str]
"""The columns of `_PEOPLE`."""
_NUMBERS_A_DAY = 4
_TAKEN = 100
_COMMON = 0.4
_RARE = 5000
UNCOMMON, _UNCOMMON = "fysioterapi", 0.05
"""A word that some conversations have, which are spread over all."""
_PEOPLE = (
    "id uuid, clinic_id uuid, national_id text, given_name text, family_name text, sort_key text, birth_date date,"
    " phone text"
)
_PARTS = "COPY patients_namepart (id, clinic_id, patient_id, key, loose) FROM STDIN"
_COPIES = """
    WITH model AS (SELECT p AS row FROM patients_patient p LIMIT 1)
    INSERT INTO patients_patient SELECT (jsonb_populate_record(m.row, jsonb_build_object(
        'id', f.id, 'clinic_id', f.clinic_id, 'national_id', f.national_id, 'given_name', f.given_name,
        'family_name', f.family_name, 'sort_key', f.sort_key, 'birth_date', f.birth_date, 'phone', f.phone,
        'phone_key', f.phone, 'gp_id', NULL, 'on_gp_list', false))).*
      FROM model m, pg_temp.fresh f
"""
_TALK = """
    WITH model AS (
        SELECT t AS thread, m AS message FROM dialog_thread t JOIN dialog_message m ON m.thread_id = t.id LIMIT 1),
    fresh AS MATERIALIZED (SELECT gen_random_uuid() AS id, title, text FROM pg_temp.talk),
    threads AS (
        INSERT INTO dialog_thread SELECT (jsonb_populate_record(m.thread, jsonb_build_object(
            'id', f.id, 'conversation', f.id, 'title', f.title))).* FROM model m, fresh f)
    INSERT INTO dialog_message ({columns}) SELECT {columns} FROM (
        SELECT (jsonb_populate_record(m.message, jsonb_build_object(
            'id', gen_random_uuid(), 'thread_id', f.id, 'msg_id', f.id, 'subject', f.title, 'text', f.text))).*
          FROM model m, fresh f) AS message
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
    """Write everything, as a superuser. largest: the clinic that gets most, and that has a patient and a thread."""
    chance = random.Random(20261128)  # noqa: S311 - the same people in every run
    with psycopg.connect(dsn) as raw:
        raw.execute(f"CREATE TEMP TABLE fresh ({_PEOPLE})")
        people = [*_people(largest, LARGEST, chance)]
        for _ in range(OTHER_CLINICS):
            people += _people(uuid4(), OTHERS, chance)
        with raw.cursor().copy("COPY pg_temp.fresh FROM STDIN") as copy:
            for one in people:
                copy.write_row(one)
        raw.execute(_COPIES)
        with raw.cursor().copy(_PARTS) as copy:
            for patient_id, clinic_id, _, given, family, *_rest in people:
                for part in rules.name_parts(given, family):
                    copy.write_row((uuid4(), clinic_id, patient_id, part, rules.loose_key(part)))
        raw.execute("CREATE TEMP TABLE talk (title text, text text)")
        with raw.cursor().copy("COPY pg_temp.talk FROM STDIN") as copy:
            for _ in range(THREADS):
                copy.write_row((_said(chance, 3), _said(chance, 40)))
        raw.execute(SQL(_TALK).format(columns=message_columns(raw)))
        raw.commit()
        raw.autocommit = True
        raw.execute("VACUUM ANALYZE")


def _people(clinic_id: UUID, count: int, chance: random.Random) -> Iterator[Person]:
    """A clinic's patients, from the oldest on."""
    for number in range(count):
        born = _BORN + timedelta(days=number // _NUMBERS_A_DAY)
        given = chance.choice(_GIVEN)
        family = chance.choice(_FAMILY) if chance.random() < _COMMON else chance.choice(_FIRST) + chance.choice(_LAST)
        sort_key = " ".join(rules.name_parts(family, given))
        national_id = synthetic_national_id(born, _TAKEN + number % _NUMBERS_A_DAY).value
        phone = str(40_000_000 + chance.randrange(10_000_000))
        yield uuid4(), clinic_id, national_id, given, family, sort_key, born, phone


def _said(chance: random.Random, words: int) -> str:
    """Words as people use them: some often, most seldom, one in a conversation of twenty."""
    said = [_WORDS[int(len(_WORDS) * chance.random() ** 2)] for _ in range(words)]
    return " ".join([*said, *([UNCOMMON] if chance.random() < _UNCOMMON else []), str(chance.randrange(_RARE))])
