"""The registers over HTTP with basic authentication, for record systems: SOAP, and Folkeregisteret in JSON."""

import base64
import binascii
import secrets
from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from skranke.kernel.log import get_logger
from skranke.sandbox.registers import addresses, gps, persons, profiles, soap
from skranke.sandbox.registers.outages import Register, stopped

log = get_logger(__name__)

_SERVICES: dict[Register, tuple[str, Mapping[str, soap.Operation]]] = {
    Register.ADDRESSES: (addresses.NAMESPACE, addresses.OPERATIONS),
    Register.PROFILES: (profiles.NAMESPACE, profiles.OPERATIONS),
    Register.GPS: (gps.NAMESPACE, gps.OPERATIONS),
}


@require_POST
@csrf_exempt
def ask(request: HttpRequest, register: str) -> HttpResponse:
    """One question to a register. No cookie is read: the password comes with each question."""
    if not _may_ask(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="register"'})
    if register not in set(_SERVICES):
        return HttpResponse(status=404)
    if register in stopped():
        return HttpResponse(status=503)
    status, body = soap.answer(request.body, *_SERVICES[Register(register)])
    log.info("register_asked", register=register, status=status)
    return HttpResponse(body, status=status, content_type="text/xml; charset=utf-8")


@require_POST
@csrf_exempt
def ask_about_person(request: HttpRequest) -> HttpResponse:
    """One question to Folkeregisteret, with the number in the body."""
    if not _may_ask(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="register"'})
    if Register.PERSONS in stopped():
        return HttpResponse(status=503)
    sent = request.POST
    status, document = persons.answer(sent.get("nin", ""), sent.get("apiVersion", ""), sent.getlist("informationParts"))
    log.info("register_asked", register=Register.PERSONS.value, status=status)
    return JsonResponse(document, status=status)


def _may_ask(request: HttpRequest) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    wanted = f"{settings.OURS.registers_user}:{settings.OURS.registers_password}"
    try:
        told = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return False
    right = secrets.compare_digest(told, wanted.encode())
    return kind.lower() == "basic" and right and bool(settings.OURS.registers_password)
