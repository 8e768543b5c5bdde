"""The addresses of Konfigurasjon."""

from django.urls import path

from skranke.web.clinic.settings import access_log, helsenorge, overview, sight, start, tokens

urlpatterns = [
    path("konfigurasjon/helsenorge", helsenorge.helsenorge, name="settings-helsenorge"),
    path("konfigurasjon/helsenorge/tilbud", helsenorge.offers, name="settings-helsenorge-offers"),
    path("konfigurasjon/helsenorge/les", helsenorge.refresh, name="settings-helsenorge-refresh"),
    path("konfigurasjon/hva-ser-pasienten", sight.sight, name="settings-sight"),
    path("konfigurasjon/oppstart", start.start, name="settings-start"),
    path("konfigurasjon/oppstart/svar", start.answer, name="settings-start-answer"),
    path("konfigurasjon/api-nokler", tokens.tokens, name="settings-tokens"),
    path("konfigurasjon/api-nokler/<uuid:token_id>/avslutt", tokens.end, name="settings-token-end"),
    path("konfigurasjon", overview.index, name="settings"),
    path("konfigurasjon/hvem-kan-hva", overview.access, name="settings-access"),
    path("konfigurasjon/innsynslogg", access_log.access_log, name="settings-access-log"),
    path("konfigurasjon/innsynslogg/uttrekk", access_log.export, name="settings-access-export"),
]
