"""The operator's page of the registers: what each party offers, a citizen's list and address, and who answers."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from skranke.sandbox import directory, words
from skranke.sandbox.models import Citizen, Party
from skranke.sandbox.registers import outages
from skranke.sandbox.registers.outages import Register
from skranke.sandbox.registers.persons import Protection, protection_of
from skranke.sandbox.views.frame import shell
from skranke.sandbox.world import Service


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Everything, with a form for each change."""
    parties = list(Party.objects.annotate(listed=Count("citizens")).order_by("clinic_name", "name"))
    context = {
        "shell": shell("directory"),
        "parties": parties,
        "lists": [party for party in parties if party.has_list],
        "services": [(service, words.service_text(service)) for service in Service],
        "citizens": list(Citizen.objects.select_related("gp").order_by("family_name", "given_name", "national_id")),
        "protections": [(one, words.protection_text(one)) for one in Protection],
        "chosen": _chosen(request.GET.get("innbygger", "")),
        "protection_of": protection_of,
        "registers": [(one, words.register_text(one), one in outages.stopped()) for one in Register],
    }
    return render(request, "sandbox/directory.html", context)


@require_POST
def set_service(request: HttpRequest) -> HttpResponse:
    """Switch a service of a party on or off."""
    party = get_object_or_404(Party, pk=_sent(request, "party"))
    wanted, on = _sent(request, "service"), request.POST.get("on") == "1"
    if wanted in set(Service):
        directory.set_service(party, Service(wanted), on=on)
        facts = {"name": party.name, "service": words.service_text(Service(wanted))}
        told = _("%(name)s tilbyr nå %(service)s.") if on else _("%(name)s tilbyr ikke lenger %(service)s.")
        messages.success(request, told % facts)
    return HttpResponseRedirect(reverse("sandbox:directory"))


@require_POST
def move_citizen(request: HttpRequest) -> HttpResponse:
    """Put a citizen on another list, or on none."""
    citizen = get_object_or_404(Citizen, national_id=_sent(request, "citizen"))
    wanted = _sent(request, "party")
    party = get_object_or_404(Party, pk=wanted) if wanted else None
    if party is not None and not party.has_list:
        raise Http404
    directory.move(citizen, party)
    if party is None:
        messages.success(request, _("%(name)s står ikke lenger på noen liste.") % {"name": citizen.name})
    else:
        facts = {"name": citizen.name, "list": party.name}
        messages.success(request, _("%(name)s står nå på listen til %(list)s.") % facts)
    return HttpResponseRedirect(reverse("sandbox:directory"))


@require_POST
def rehouse_citizen(request: HttpRequest) -> HttpResponse:
    """Write where a citizen lives, and whether that is secret."""
    citizen = get_object_or_404(Citizen, national_id=_sent(request, "citizen"))
    wanted = _sent(request, "protection")
    if wanted not in set(Protection):
        raise Http404
    directory.rehouse(
        citizen,
        line=_sent(request, "line")[:200],
        postal_code=_sent(request, "postal_code")[:10],
        city=_sent(request, "city")[:100],
        protection=Protection(wanted),
    )
    messages.success(request, _("Folkeregisteret har nå den nye adressen til %(name)s.") % {"name": citizen.name})
    return HttpResponseRedirect(f"{reverse('sandbox:directory')}?innbygger={citizen.pk}#freg-h")


@require_POST
def set_outage(request: HttpRequest) -> HttpResponse:
    """Let a register answer nobody, or everybody again."""
    wanted = _sent(request, "register")
    if wanted in set(Register) and request.POST.get("stop") == "1":
        outages.stop(Register(wanted))
        messages.success(request, _("Registeret svarer ingen før du starter det igjen."))
    elif wanted in set(Register):
        outages.mend(Register(wanted))
        messages.success(request, _("Registeret svarer igjen."))
    return HttpResponseRedirect(reverse("sandbox:directory"))


def _chosen(key: str) -> Citizen | None:
    return Citizen.objects.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 10 else None  # noqa: PLR2004 - no longer key is in use


def _sent(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "")
