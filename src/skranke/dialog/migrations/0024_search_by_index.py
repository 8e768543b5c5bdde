"""A search reads by its indexes alone, whatever the planner expects."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

_FUNCTION = "ALTER FUNCTION threads_with_word(text, text, text, text, integer)"
# It stops after so many rows, and so the planner hopes to meet them soon in a table that it reads from the beginning:
# with 100,000 conversations that was 300 ms for a word that some have. Nor do other processes help in so short a time.
_SET = {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "max_parallel_workers_per_gather": "0",
}


class Migration(migrations.Migration):
    dependencies = [("dialog", "0023_communication_types")]

    operations = [
        RunSQL(
            [f"{_FUNCTION} SET {name} = {value}" for name, value in _SET.items()],
            [f"{_FUNCTION} RESET {name}" for name in _SET],
        )
    ]
