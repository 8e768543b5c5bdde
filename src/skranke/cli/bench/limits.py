"""What the machine could do at best, measured in the same run: raw constraint inserts, C crypto, plain integers."""

import os
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from skranke.cli.bench.crowd import clocked, spans, together
from skranke.cli.bench.figures import Sample, sampled

_TABLE = """
    CREATE TABLE IF NOT EXISTS bench_raw (
        id uuid PRIMARY KEY, schedule_id uuid NOT NULL, during tstzrange NOT NULL,
        EXCLUDE USING gist (schedule_id WITH =, during WITH &&))
"""
_INSERT = "INSERT INTO bench_raw VALUES (%s, %s, tstzrange(%s, %s)) ON CONFLICT DO NOTHING"
_FIRST = datetime(2030, 1, 1, tzinfo=UTC)
_STEP = timedelta(minutes=15)
_DOCUMENT = 10_000
_RECEIPT = 2_000
_LARGE = 16 * 1024 * 1024  # 12 MiB as base64
_IV, _KEY = bytes(16), bytes(32)


def raw_bookings(dsn: str, *, clients: int, seconds: float) -> float:
    """Rows a second into a table with an exclusion constraint and nothing else, one commit each."""

    def insert(_number: int) -> tuple[float, float, int]:
        with psycopg.connect(dsn, autocommit=True) as connection:
            book, count, start = uuid4(), 0, time.monotonic()
            while (now := time.monotonic()) - start < seconds:
                begins = _FIRST + count * _STEP
                connection.execute(_INSERT, (uuid4(), book, begins, begins + _STEP))
                count += 1
            return start, now, count

    _make_table(dsn)
    found = together(insert, clients)
    return float(sum(count for *_, count in found) / spans([(begin, end) for begin, end, _ in found]))


def raw_race(dsn: str, *, clients: int, slots: int) -> tuple[float, int]:
    """Attempts a second, and how many won: every client tries every slot of one schedule."""
    book = uuid4()

    def attempt(number: int) -> tuple[float, float, int]:
        with psycopg.connect(dsn, autocommit=True) as connection:

            def tries() -> int:
                won = 0
                for turn in range(slots):
                    begins = _FIRST + ((turn + number) % slots) * _STEP
                    won += connection.execute(_INSERT, (uuid4(), book, begins, begins + _STEP)).rowcount
                return won

            begin, end, _, won = clocked(tries)
            return begin, end, won

    _make_table(dsn)
    found = together(attempt, clients)
    taken = spans([(begin, end) for begin, end, _ in found])
    return clients * slots / taken, sum(won for *_, won in found)


def crypto(*, processes: int, seconds: float) -> float:
    """Messages a second that C crypto alone could take in and receipt: RSA-2048, a 10 kB document, a 2 kB receipt.

    In: RSA decrypt, AES decrypt, digest, RSA verify. Out: digest, RSA sign, RSA encrypt, AES encrypt.
    """
    found = together(lambda _: _crypto_loop(seconds), processes)
    return float(sum(count for *_, count in found) / spans([(begin, end) for begin, end, _ in found]))


def large(*, runs: int) -> Sample:
    """How long C crypto alone takes to open a message with 12 MiB of attachments: decrypt, digest, verify."""
    key = rsa.generate_private_key(65537, 2048)
    public, pad, digest = key.public_key(), padding.PKCS1v15(), hashes.SHA256()
    document = os.urandom(_LARGE)
    secret, signature, sealed = public.encrypt(_KEY, pad), key.sign(document, pad, digest), _aes(document, encrypt=True)

    def open_it() -> None:
        key.decrypt(secret, pad)
        public.verify(signature, _aes(sealed, encrypt=False), pad, digest)

    return sampled(open_it, runs)


def _crypto_loop(seconds: float) -> tuple[float, float, int]:
    key = rsa.generate_private_key(65537, 2048)
    public = key.public_key()
    pad, digest = padding.PKCS1v15(), hashes.SHA256()
    secret = public.encrypt(_KEY, pad)
    document, receipt = os.urandom(_DOCUMENT // 16 * 16), os.urandom(_RECEIPT)
    signature = key.sign(document, pad, digest)
    count, start = 0, time.monotonic()
    while (now := time.monotonic()) - start < seconds:
        key.decrypt(secret, pad)
        _aes(document, encrypt=False)
        public.verify(signature, document, pad, digest)
        key.sign(receipt, pad, digest)
        public.encrypt(_KEY, pad)
        _aes(receipt, encrypt=True)
        count += 1
    return start, now, count


def _aes(data: bytes, *, encrypt: bool) -> bytes:
    cipher = Cipher(algorithms.AES(_KEY), modes.CBC(_IV))
    worker = cipher.encryptor() if encrypt else cipher.decryptor()
    return worker.update(data) + worker.finalize()


def integers(slots: list[tuple[int, int, int]], busy: list[tuple[int, int, int]], now: int) -> int:
    """How many slots are free, by plain Python on sorted (calendar, start, end): what the question is in itself."""
    free = position = 0
    for calendar, start, end in slots:
        while position < len(busy) and (busy[position][0], busy[position][2]) <= (calendar, start):
            position += 1
        taken = position < len(busy) and busy[position][0] == calendar and busy[position][1] < end
        free += not taken and start > now
    return free


def _make_table(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(_TABLE)
