"""The addresses of Konfigurasjon."""

from django.urls import path

from skranke.web.clinic.settings import helsenorge, overview, sight, start

urlpatterns = [
    path("konfigurasjon/helsenorge", helsenorge.helsenorge, name="settings-helsenorge"),
    path("konfigurasjon/helsenorge/tilbud", helsenorge.offers, name="settings-helsenorge-offers"),
    path("konfigurasjon/helsenorge/les", helsenorge.refresh, name="settings-helsenorge-refresh"),
    path("konfigurasjon/hva-ser-pasienten", sight.sight, name="settings-sight"),
    path("konfigurasjon/oppstart", start.start, name="settings-start"),
    path("konfigurasjon/oppstart/svar", start.answer, name="settings-start-answer"),
    path("konfigurasjon", overview.index, name="settings"),
    path("konfigurasjon/hvem-kan-hva", overview.access, name="settings-access"),
]
