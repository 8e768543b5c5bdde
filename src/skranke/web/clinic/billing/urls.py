"""The addresses of the invoice cards."""

from django.urls import path

from skranke.web.clinic.billing import cards, codes

urlpatterns = [
    path("regninger/ny", cards.new, name="invoice-new"),
    path("regninger/<uuid:card_id>", cards.card, name="invoice-card"),
    path("regninger/<uuid:card_id>/ferdig", cards.close, name="invoice-close"),
    path("konfigurasjon/timetyper/<uuid:type_id>/takster", codes.codes, name="settings-type-codes"),
]
