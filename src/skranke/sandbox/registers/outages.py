"""A register that is to answer nobody, so that what a record system does without it can be tried."""

from enum import StrEnum

from skranke.sandbox.models import Outage


class Register(StrEnum):
    """The registers, as they stand in addresses."""

    ADDRESSES = "ar"
    PROFILES = "cppa"
    GPS = "flr"
    PERSONS = "freg"


def stop(register: Register) -> None:
    """From now on it answers nobody."""
    Outage.objects.get_or_create(register=register.value)


def mend(register: Register) -> None:
    """It answers again."""
    Outage.objects.filter(register=register.value).delete()


def stopped() -> set[Register]:
    """Those that answer nobody."""
    return {Register(one) for one in Outage.objects.values_list("register", flat=True)}
