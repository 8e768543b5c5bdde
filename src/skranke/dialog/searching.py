"""Which threads hold the words that somebody searches for (MSG-7)."""

import re

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from skranke.dialog.models import Thread
from skranke.patients.rules import after_beginning, name_key

_MOST_WORDS = 8
_NATIONAL_ID_DIGITS = 11
_WORD = re.compile(r"\w+")
_MANY = 5000
_HOLDERS = """
    SELECT COALESCE(array_agg(id), '{}')::text, count(*) FROM threads_with_word(%s, %s, %s, %s, %s) AS id"""
# The same question of one thread, in the order of what it costs. With an OFFSET the database asks it thread by thread;
# else it reads all that anybody wrote first, and keeps it for the few it will ask for.
_HAS_WORD = """(
    EXISTS (SELECT FROM dialog_message m WHERE m.clinic_id = dialog_thread.clinic_id
               AND m.thread_id = dialog_thread.id AND m.words @@ dialog_query(%s) OFFSET 0)
    OR dialog_words(dialog_thread.title) @@ dialog_query(%s)
    OR EXISTS (SELECT FROM patients_namepart p WHERE p.clinic_id = dialog_thread.clinic_id
                  AND p.patient_id = dialog_thread.patient_id AND p.key >= %s AND p.key < %s OFFSET 0)
    OR EXISTS (SELECT FROM dialog_attachment a JOIN dialog_message m ON m.id = a.message_id
                WHERE m.clinic_id = dialog_thread.clinic_id AND m.thread_id = dialog_thread.id
                  AND file_words(a.name) @@ dialog_query(%s) OFFSET 0)
    OR %s <> '' AND EXISTS (SELECT FROM patients_patient p WHERE p.clinic_id = dialog_thread.clinic_id
                               AND p.id = dialog_thread.patient_id AND p.national_id BETWEEN %s AND %s OFFSET 0))"""


def having_words(threads: QuerySet[Thread], q: str) -> QuerySet[Thread]:
    """Those that hold every word: in a title, a message, a file's name or the patient's, or beginning the national id.

    The threads must be asked for from their own table, under its own name. Where few threads have one of the words,
    those are what is looked through; where all are common, each thread is asked, the newest first: the threads of a
    common word would all have to be fetched and sorted, to show the fifty newest.
    """
    words = _WORD.findall(q)[:_MOST_WORDS]
    if not words:
        return threads.none()
    for word in words:
        threads = threads.filter(_having(word))
    return threads


def _having(word: str) -> Q:
    key, first, last = _keys(word)
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [word, key, first, last, _MANY])
        ids, count = cursor.fetchone()
    if count < _MANY:
        # As the database wrote them: nobody here reads thousands of ids.
        return Q(RawSQL("dialog_thread.id = ANY(%s::uuid[])", [ids], BooleanField()))
    asked = [word, word, key, after_beginning(key), word, first, first, last]
    return Q(RawSQL(_HAS_WORD, asked, BooleanField()))  # noqa: S611 - the text is ours, the words stand apart


def _keys(word: str) -> tuple[str, str, str]:
    """The word as names are kept, and the first and the last national id that it begins."""
    first = word if word.isdecimal() and word.isascii() else ""
    return name_key(word), first, first and first.ljust(_NATIONAL_ID_DIGITS, "9")
