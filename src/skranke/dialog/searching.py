"""Which threads hold the words that somebody searches for (MSG-7)."""

import re

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from skranke.dialog.models import Thread
from skranke.patients.rules import name_key

_MOST_WORDS = 8
_WORD = re.compile(r"\w+")
_MANY = 1500
_HOLDERS = """
    SELECT (SELECT array_agg(id) FROM threads_with_words({every}, ARRAY[{each}], %s) AS id)::text
     WHERE NOT threads_often_have({every})"""
_QUERY = "thread_query(%s, %s, %s)"
# The same question of one thread. With an OFFSET the database asks it thread by thread; else it might read all that
# anybody wrote first, and keep it for the few it will ask for.
_HAS_WORDS = """EXISTS (
    SELECT FROM dialog_threadwords w WHERE w.clinic_id = dialog_thread.clinic_id AND w.thread_id = dialog_thread.id
       AND (w.words @@ ({every}){apart}) OFFSET 0)"""
# Of a long one each word may stand in a row of its own.
_APART = " OR w.spilt AND w.number = 0 AND {each}"
_SOMEWHERE = """EXISTS (SELECT FROM dialog_threadwords o WHERE o.clinic_id = dialog_thread.clinic_id
    AND o.thread_id = dialog_thread.id AND o.words @@ thread_query(%s, %s, %s) OFFSET 0)"""


def having_words(threads: QuerySet[Thread], q: str) -> QuerySet[Thread]:
    """Those that hold every word: in a title, a message, a file's name or the patient's, or beginning the national id.

    The threads must be asked for from their own table, under its own name. Where few threads have all of the words,
    those are what is looked through; where many have, each thread is asked, the newest first: all that have them would
    have to be fetched and sorted, to show the fifty newest.
    """
    words = _WORD.findall(q)[:_MOST_WORDS]
    if not words:
        return threads.none()
    every, each = " && ".join([_QUERY] * len(words)), ", ".join([_QUERY] * len(words))
    asked = [part for word in words for part in _keys(word)]
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS.format(every=every, each=each), [*asked, *asked, _MANY, *asked])
        few = cursor.fetchone()
    if few is not None:
        ids = few[0] or "{}"
        if ids.count(",") < _MANY - 1:
            # As the database wrote them: nobody here reads hundreds of ids.
            return threads.filter(Q(RawSQL("dialog_thread.id = ANY(%s::uuid[])", [ids], BooleanField())))
    apart = ""
    if len(words) > 1:
        apart = _APART.format(each=" AND ".join([_SOMEWHERE] * len(words)))
        asked *= 2
    condition = _HAS_WORDS.format(every=every, apart=apart)
    return threads.filter(Q(RawSQL(condition, asked, BooleanField())))  # noqa: S611 - our text, the words stand apart


def _keys(word: str) -> tuple[str, str, str]:
    """The word, as names are kept, and as a national id begins: empty where none does."""
    return word, name_key(word), word if word.isdecimal() and word.isascii() else ""
