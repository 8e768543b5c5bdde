"""The addresses of the patients and of their journal."""

from django.urls import path

from skranke.web.clinic.patients import journal, pages

urlpatterns = [
    path("pasienter", pages.search, name="patient-search"),
    path("pasienter/lukk", pages.close, name="patient-close"),
    path("pasienter/<uuid:patient_id>", pages.card, name="patient"),
    path("pasienter/<uuid:patient_id>/velg", pages.choose, name="patient-choose"),
    path("journal/<uuid:entry_id>", journal.entry, name="journal-entry"),
]
