"""The registers of this installation, one client each for the whole process (settings name address and access)."""

from functools import lru_cache

from django.conf import settings

from skranke.registers import addresses, gps, profiles
from skranke.registers.addresses import AddressRegister
from skranke.registers.errors import RegisterNotSetUpError
from skranke.registers.gps import GPRegister
from skranke.registers.persons import PersonRegister
from skranke.registers.profiles import ProfileRegister
from skranke.registers.soap import SoapService


def address_register() -> AddressRegister:
    """Adresseregisteret. Raises RegisterNotSetUpError."""
    return AddressRegister(_service(settings.OURS.address_register_url, addresses.NAMESPACE, addresses.ACTIONS))


def profile_register() -> ProfileRegister:
    """CPPA. Raises RegisterNotSetUpError."""
    return ProfileRegister(_service(settings.OURS.profile_register_url, profiles.NAMESPACE, profiles.ACTIONS))


def gp_register() -> GPRegister:
    """Fastlegeregisteret. Raises RegisterNotSetUpError."""
    return GPRegister(_service(settings.OURS.gp_register_url, gps.NAMESPACE, gps.ACTIONS))


def person_register() -> PersonRegister:
    """Folkeregisteret, through Persontjenesten. Raises RegisterNotSetUpError."""
    url = settings.OURS.person_register_url
    _check(url)
    return _persons(url, settings.OURS.registers_user, settings.OURS.registers_password)


def _service(url: str, namespace: str, actions: str) -> SoapService:
    _check(url)
    return _kept(url, namespace, actions, settings.OURS.registers_user, settings.OURS.registers_password)


def _check(url: str) -> None:
    if not url:
        raise RegisterNotSetUpError("The address of the register is not set. The operator sets it (docs/settings.md).")


@lru_cache(maxsize=16)
def _persons(url: str, user: str, password: str) -> PersonRegister:
    """Kept, as the others are."""
    return PersonRegister(url, user=user, password=password)


@lru_cache(maxsize=16)
def _kept(url: str, namespace: str, actions: str, user: str, password: str) -> SoapService:
    """Kept, with what it knows of a register that does not answer."""
    return SoapService(url, namespace=namespace, actions=actions, user=user, password=password)
