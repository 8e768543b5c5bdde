"""Names that may stand once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.utils import IntegrityError

from skranke.clinics.organisation.errors import NameTakenError


@contextmanager
def unique_name(refusal: str) -> Iterator[None]:
    """Turn a name that is taken into NameTakenError with this sentence; the unit of work lives on."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as broken:
        constraint = getattr(getattr(broken.__cause__, "diag", None), "constraint_name", "") or ""
        if "_name_once" in constraint:
            raise NameTakenError(refusal) from None
        raise
