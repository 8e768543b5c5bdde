"""The addresses of the patient portal, all under /min/."""

from django.urls import include, path

from skranke.web.own_sessions import addresses
from skranke.web.patient import (
    booking,
    home,
    login,
    me,
    messages,
    offers,
    payments,
    relations,
    requests,
    seen,
    starting,
    times,
)
from skranke.web.patient.session import log_out
from skranke.web.sessions import PATIENT

_PAGES = [
    path("", home.clinic, name="patient-clinic"),
    path("meldinger", messages.messages, name="patient-messages"),
    path("meldinger/ny", starting.choose, name="patient-start"),
    path("meldinger/ny/<slug:kind>", starting.write, name="patient-write"),
    path("meldinger/<uuid:thread_id>", messages.message, name="patient-message"),
    path("vedlegg/<uuid:attachment_id>", messages.attachment, name="patient-attachment"),
    path("meg", me.me, name="patient-me"),
    path("meg/kontakt", me.contact, name="patient-own-contact"),
    path("meg/tilgang", relations.relations, name="patient-representatives"),
    path("meg/tilgang/<uuid:relation_id>", relations.relation, name="patient-representative"),
    path("meg/betalinger", payments.payments, name="patient-payments"),
    path("innsyn", seen.seen, name="patient-seen"),
    path("bestill", booking.with_whom, name="patient-book"),
    path("bestill/tid/<uuid:slot_id>", booking.confirm, name="patient-book-confirm"),
    path("bestill/<uuid:schedule_id>", booking.what_for, name="patient-book-kind"),
    path("bestill/<uuid:schedule_id>/<uuid:type_id>", booking.when, name="patient-book-time"),
    path("tilbud/<uuid:offer_id>", offers.offer, name="patient-offer"),
    path("timeforesporsel", requests.new, name="patient-request-new"),
    path("timeforesporsel/<uuid:request_id>", requests.request, name="patient-request"),
    path("timer", times.times, name="patient-times"),
    path("timer/<uuid:appointment_id>", times.time, name="patient-time"),
    path("timer/<uuid:appointment_id>/fremmote", times.check_in, name="patient-check-in"),
    path("timer/<uuid:appointment_id>/avbestill", times.cancel_time, name="patient-cancel"),
]
"""What a patient opens at one clinic, or somebody who acts for the patient (PAT-21)."""

urlpatterns = [
    *addresses(PATIENT, log_out),
    path("", home.home, name="patient-home"),
    path("logg-inn", login.login, name="patient-login"),
    path("logg-inn/id-porten", login.login_id_porten, name="patient-login-id-porten"),
    path("logg-inn/id-porten/svar", login.login_id_porten_answer, name="patient-login-id-porten-answer"),
    path("logg-inn/<str:ticket>", login.login_by_link, name="patient-login-by-link"),
    path("logg-ut", login.logout, name="patient-logout"),
    path("<slug:slug>/", include(_PAGES)),
    path("<slug:slug>/for/<uuid:person>/", include(_PAGES)),
]
