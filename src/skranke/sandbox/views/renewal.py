"""Asking the GP to renew prescriptions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from skranke.kernel.errors import NotFoundError
from skranke.sandbox import services
from skranke.sandbox.forms import RenewalForm
from skranke.sandbox.views.frame import citizen_page, guest
from skranke.sandbox.world import Service
from skranke.standards.codes import Delivery


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, actor: int, patient: int) -> HttpResponse:
    """The form, and the request sent."""
    one = guest(actor, patient)
    one.require_full()
    if one.patient.gp is None or Service.PRESCRIPTION_RENEWAL not in one.patient.gp.services:
        raise NotFoundError("No such service.")
    form = RenewalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        sent = services.ask_for_renewal(one, text=data["text"], delivery=Delivery.known(data["delivery"]))
        messages.success(request, _("Forespørselen er sendt."))
        return HttpResponseRedirect(reverse("sandbox:thread", args=(actor, patient, sent.conversation)))
    return citizen_page(request, "sandbox/renew.html", one, {"form": form})
