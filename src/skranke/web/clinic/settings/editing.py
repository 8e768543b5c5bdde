"""Saving a form by one verb: what is refused stands at its field, and what was typed stays."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.http.request import QueryDict

from skranke.kernel.errors import ChangedError, ConflictError, InvalidError, SkrankeError

REFUSED, CONFLICT = 422, 409


def save(form: forms.Form, verb: Callable[[dict[str, Any]], object], newest: Callable[[], int] | None = None) -> int:
    """Do the verb with what a valid form holds; the status of the page: 0 when it is done, else 409 or 422.

    newest: the version as it stands now. When somebody else was first the form is shown with that one, so that who
    saves again, having been told, means it.
    """
    if not form.is_valid():
        return REFUSED
    try:
        with transaction.atomic():
            verb(form.cleaned_data)
    except SkrankeError as error:
        field = error.field if isinstance(error, InvalidError) else ""
        form.add_error(field if field in form.fields else None, str(error))
        if isinstance(error, ChangedError) and newest is not None and isinstance(form.data, QueryDict):
            form.data = form.data.copy()
            form.data["version"] = str(newest())
        return CONFLICT if isinstance(error, ConflictError) else REFUSED
    return 0


def refusal(verb: Callable[[], object]) -> SkrankeError | None:
    """Do a verb that needs no form; why it was refused, or None when it is done."""
    try:
        with transaction.atomic():
            verb()
    except SkrankeError as error:
        return error
    return None


def is_removal(request: HttpRequest) -> bool:
    """Whether the button that takes the thing away was pressed."""
    return request.method == "POST" and "fjern" in request.POST


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing, until it has been sent."""
    return request.POST if request.method == "POST" and not is_removal(request) else None
