"""How a thread is to be treated, as the fields of a form hold it (MSG-13 to MSG-16)."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from skranke.dialog.values import Handling, Task
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError
from skranke.kernel.ids import uuid_or_none

TO_ME, TO_PATIENT = "meg", "pasienten"
FIELDS = ("viktig", "privat", "svarfrist", "oppgave", "oppgave_hvem", "oppgave_frist", "oppgave_tekst")


def fields_of(handling: Handling) -> dict[str, str]:
    """What the fields of the form hold for it."""
    task = handling.task
    held = {
        "viktig": "ja" if handling.important else "",
        "privat": "ja" if handling.private else "",
        "svarfrist": _date_text(handling.reply_due),
        "oppgave": "ja" if task else "",
        "oppgave_hvem": (str(task.employee_id) if task.employee_id else TO_PATIENT) if task else "",
        "oppgave_frist": _date_text(task.due) if task else "",
        "oppgave_tekst": task.text if task else "",
    }
    return {name: value for name, value in held.items() if value}


def handling_in(post: Mapping[str, str], actor: Actor) -> Handling:
    """What the fields say. Raises InvalidError for what is no day, or for a task of nobody."""
    task = None
    if post.get("oppgave"):
        who = post.get("oppgave_hvem", TO_ME)
        doer = {TO_ME: actor.person_id, TO_PATIENT: None}.get(who, uuid_or_none(who))
        if doer is None and who != TO_PATIENT:
            raise InvalidError(_("Velg hvem som skal gjøre oppgaven."), field="task")
        due = _day(post.get("oppgave_frist", ""), "task_due")
        task = Task(employee_id=doer, due=due, text=post.get("oppgave_tekst", ""))
    return Handling(
        private=bool(post.get("privat")),
        important=bool(post.get("viktig")),
        reply_due=_day(post.get("svarfrist", ""), "reply_due"),
        task=task,
    )


def _date_text(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _day(text: str, field: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidError(_("Skriv fristen som en dato, for eksempel 2027-02-09."), field=field) from None
