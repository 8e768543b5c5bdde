"""The addresses of the patients and of their journal."""

from django.urls import path

from skranke.web.clinic.patients import (
    arranging,
    card,
    contact,
    journal,
    lists,
    number,
    pages,
    prescribing,
    relations,
    residence,
    syncing,
)

urlpatterns = [
    path("pasienter", pages.search, name="patient-search"),
    path("pasienter/lukk", pages.close, name="patient-close"),
    path("pasienter/lister", lists.overview, name="patient-lists"),
    path("pasienter/lister/ny", lists.make, name="patient-list-new"),
    path("pasienter/lister/synk", syncing.sync, name="list-sync"),
    path("pasienter/lister/endringer", syncing.changes, name="list-changes"),
    path("pasienter/lister/endringer/<uuid:sync_id>", syncing.run_changes, name="list-changes-of"),
    path("pasienter/lister/<uuid:list_id>/endre", lists.change, name="patient-list-edit"),
    path("pasienter/lister/<uuid:list_id>/slett", lists.delete, name="patient-list-delete"),
    path("pasienter/lister/<uuid:list_id>/pasient/<uuid:patient_id>", lists.member, name="patient-list-member"),
    path("pasienter/lister/<str:key>", lists.show, name="patient-list"),
    path("pasienter/lister/<str:key>/eksport", lists.export, name="patient-list-export"),
    path("pasienter/kort", arranging.arrange, name="patient-card-layout"),
    path("pasienter/<uuid:patient_id>", card.card, name="patient"),
    path("pasienter/<uuid:patient_id>/reseptvindu", prescribing.window, name="prescription-window"),
    path("pasienter/<uuid:patient_id>/naas", pages.reach, name="patient-reach"),
    path("pasienter/<uuid:patient_id>/adresse", residence.address, name="patient-address"),
    path("pasienter/<uuid:patient_id>/velg", pages.choose, name="patient-choose"),
    path("pasienter/<uuid:patient_id>/minimer", card.minimise, name="patient-minimise"),
    path("pasienter/<uuid:patient_id>/kontakt", contact.contact, name="patient-contact"),
    path("pasienter/<uuid:patient_id>/frikort", contact.exemption, name="patient-exemption"),
    path("pasienter/<uuid:patient_id>/nummer", number.number, name="patient-number"),
    path("pasienter/<uuid:patient_id>/nummer/<uuid:other_id>", number.merging, name="patient-merge"),
    path("pasienter/<uuid:patient_id>/merknad", contact.note, name="patient-note"),
    path("pasienter/<uuid:patient_id>/reservasjon", contact.reservation, name="patient-reservation"),
    path("pasienter/<uuid:patient_id>/relasjon", relations.add, name="patient-relation"),
    path("pasienter/relasjon/<uuid:relation_id>", relations.change, name="relation"),
    path("journal/<uuid:entry_id>", journal.entry, name="journal-entry"),
]
