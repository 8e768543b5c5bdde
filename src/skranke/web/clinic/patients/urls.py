"""The addresses of the patients and of their journal."""

from django.urls import path

from skranke.web.clinic.patients import arranging, card, contact, journal, pages, relations

urlpatterns = [
    path("pasienter", pages.search, name="patient-search"),
    path("pasienter/lukk", pages.close, name="patient-close"),
    path("pasienter/kort", arranging.arrange, name="patient-card-layout"),
    path("pasienter/<uuid:patient_id>", card.card, name="patient"),
    path("pasienter/<uuid:patient_id>/naas", pages.reach, name="patient-reach"),
    path("pasienter/<uuid:patient_id>/velg", pages.choose, name="patient-choose"),
    path("pasienter/<uuid:patient_id>/minimer", card.minimise, name="patient-minimise"),
    path("pasienter/<uuid:patient_id>/kontakt", contact.contact, name="patient-contact"),
    path("pasienter/<uuid:patient_id>/merknad", contact.note, name="patient-note"),
    path("pasienter/<uuid:patient_id>/reservasjon", contact.reservation, name="patient-reservation"),
    path("pasienter/<uuid:patient_id>/relasjon", relations.add, name="patient-relation"),
    path("pasienter/relasjon/<uuid:relation_id>", relations.change, name="relation"),
    path("journal/<uuid:entry_id>", journal.entry, name="journal-entry"),
]
