"""The addresses of Rapporter."""

from django.urls import path

from skranke.web.clinic.reports import page

urlpatterns = [path("rapporter", page.messages, name="reports")]
