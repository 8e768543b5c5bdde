"""Every address of the web process."""

from django.urls import include, path

from skranke.web.api.app import api
from skranke.web.health import health
from skranke.web.language import set_language

urlpatterns = [
    path("health", health, name="health"),
    path("api/v1/", api.urls),
    path("ui/", include(([path("language", set_language, name="set_language")], "ui"))),
    path("drift/", include("skranke.web.operator.urls")),
    path("min/", include("skranke.web.patient.urls")),
    path("", include("skranke.web.clinic.urls")),
]

handler400 = "skranke.ui.views.bad_request"
handler403 = "skranke.ui.views.permission_denied"
handler404 = "skranke.ui.views.page_not_found"
handler500 = "skranke.ui.views.server_error"
