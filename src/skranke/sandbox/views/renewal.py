"""Asking the GP to renew prescriptions."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from skranke.sandbox import services
from skranke.sandbox.forms import RenewalForm
from skranke.sandbox.models import Message
from skranke.sandbox.views.frame import attempt, citizen_page, guest, require_offered
from skranke.sandbox.world import Service
from skranke.standards.codes import Delivery


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, actor: int, patient: int) -> HttpResponse:
    """The form, and the request sent."""
    one = guest(actor, patient)
    one.require_full()
    form = RenewalForm(request.POST or None)
    require_offered(one, Service.PRESCRIPTION_RENEWAL, form)

    def send(data: dict[str, Any]) -> Message:
        return services.ask_for_renewal(one, text=data["text"], delivery=Delivery.known(data["delivery"]))

    sent = attempt(form, send)
    if sent is not None:
        messages.success(request, _("Forespørselen er sendt."))
        return HttpResponseRedirect(reverse("sandbox:thread", args=(actor, patient, sent.conversation)))
    return citizen_page(request, "sandbox/renew.html", one, {"form": form})
