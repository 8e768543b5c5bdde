"""Which threads hold the words that somebody searches for (MSG-7)."""

import re
from typing import NamedTuple

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from skranke.dialog.models import Thread
from skranke.patients.rules import name_key

_MOST_WORDS = 8
_WORD = re.compile(r"\w+")
_MANY = 1500
_OFTEN, _OFTEN_TOGETHER = 7, 4
"""Of the newest 400 closed threads: what so many have is sooner found by asking the newest than by the index, which
reads all that have it; of several words all that have any of them.
"""
_ASKED = """
    SELECT every::text, each::text[], often,
           CASE WHEN NOT often THEN (SELECT array_agg(id) FROM threads_with_words(every, each, %s) AS id)::text END
      FROM (SELECT every, each, threads_lately_with(every) >= %s AS often
              FROM (SELECT {every} AS every, each FROM (SELECT ARRAY[{each}] AS each OFFSET 0) AS a OFFSET 0) AS b
            OFFSET 0) AS c"""
_QUERY = "thread_query(%s, %s, %s)"
# The same question of one thread. With an OFFSET the database asks it thread by thread; else it might read all that
# anybody wrote first, and keep it for the few it will ask for.
_HAS_WORDS = """EXISTS (
    SELECT FROM dialog_threadwords w WHERE w.clinic_id = dialog_thread.clinic_id AND w.thread_id = dialog_thread.id
       AND (w.words @@ %s::tsquery{apart}) OFFSET 0)"""
# Of a long one each word may stand in a row of its own.
_APART = " OR w.spilt AND w.number = 0 AND {each}"
_SOMEWHERE = """EXISTS (SELECT FROM dialog_threadwords o WHERE o.clinic_id = dialog_thread.clinic_id
    AND o.thread_id = dialog_thread.id AND o.words @@ %s::tsquery OFFSET 0)"""


class Words(NamedTuple):
    """What is searched for, as the database writes it.

    every: all of the words; each: one by one, where there are several. holders: the ids of the threads that have all of
    them; None where they are too many to tell.
    """

    every: str
    each: tuple[str, ...]
    holders: str | None

    @property
    def values(self) -> tuple[str, ...]:
        """All that `having` asks with."""
        return (self.every, *self.each) if self.holders is None else (self.holders,)


def words_of(q: str) -> Words | None:
    """The words of a search, and what is known of them before any thread is read; None where it has no word."""
    words = _WORD.findall(q)[:_MOST_WORDS]
    if not words:
        return None
    every = " && ".join(f"each[{number}]" for number in range(1, len(words) + 1))
    asked = _ASKED.format(every=every, each=", ".join([_QUERY] * len(words)))
    least = _OFTEN if len(words) == 1 else _OFTEN_TOGETHER
    with connection.cursor() as cursor:
        cursor.execute(asked, [_MANY, least, *(part for word in words for part in _keys(word))])
        all_of_them, each, often, ids = cursor.fetchone()
    holders = None if often else ids or "{}"
    apart = tuple(dict.fromkeys(each))
    return Words(
        every=all_of_them,
        each=apart if len(apart) > 1 else (),
        holders=holders if holders is not None and holders.count(",") < _MANY - 1 else None,
    )


def having(threads: QuerySet[Thread], words: Words) -> QuerySet[Thread]:
    """Those that hold every word: in a title, a message, a file's name or the patient's, or beginning the national id.

    The threads must be asked for from their own table, under its own name. Where few threads have all of the words,
    those are what is looked through; where many have, each thread is asked, the newest first: all that have them would
    have to be fetched and sorted, to show the fifty newest.
    """
    if words.holders is not None:
        # As the database wrote them: nobody here reads hundreds of ids.
        return threads.filter(Q(RawSQL("dialog_thread.id = ANY(%s::uuid[])", [words.holders], BooleanField())))
    apart = _APART.format(each=" AND ".join([_SOMEWHERE] * len(words.each))) if words.each else ""
    condition = _HAS_WORDS.format(apart=apart)
    return threads.filter(Q(RawSQL(condition, words.values, BooleanField())))  # noqa: S611 - our text, the words stand apart


def _keys(word: str) -> tuple[str, str, str]:
    """The word, as names are kept, and as a national id begins: empty where none does."""
    return word, name_key(word), word if word.isdecimal() and word.isascii() else ""
