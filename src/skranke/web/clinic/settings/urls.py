"""The addresses of Konfigurasjon."""

from django.urls import path

from skranke.web.clinic.settings import overview

urlpatterns = [
    path("konfigurasjon", overview.index, name="settings"),
    path("konfigurasjon/hvem-kan-hva", overview.access, name="settings-access"),
]
