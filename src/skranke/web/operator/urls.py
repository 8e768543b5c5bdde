"""The addresses of the operator's pages, all under /drift/."""

from django.urls import path

from skranke.web.operator import activation, connection, home, log, login, passkey
from skranke.web.operator.session import log_out
from skranke.web.own_sessions import addresses
from skranke.web.sessions import OPERATOR

urlpatterns = [
    *addresses(OPERATOR, log_out),
    path("", home.home, name="operator-home"),
    path("klinikker/ny", home.new_clinic, name="operator-new-clinic"),
    path("klinikker/<uuid:clinic_id>", activation.clinic, name="operator-clinic"),
    path("klinikker/<uuid:clinic_id>/grunnlag", activation.prerequisites, name="operator-prerequisites"),
    path("klinikker/<uuid:clinic_id>/varsler", activation.notices, name="operator-notices"),
    path("klinikker/<uuid:clinic_id>/bryter", activation.switch, name="operator-switch"),
    path(
        "klinikker/<uuid:clinic_id>/ansatte/<uuid:employee_id>/bryter",
        activation.switch_employee,
        name="operator-switch-employee",
    ),
    path(
        "klinikker/<uuid:clinic_id>/parter/<uuid:party_id>/bryter",
        activation.switch_party,
        name="operator-switch-party",
    ),
    path("klinikker/<uuid:clinic_id>/tilkobling", connection.connection, name="operator-connection"),
    path("klinikker/<uuid:clinic_id>/tilkobling/buss", connection.change_connection, name="operator-change-connection"),
    path("klinikker/<uuid:clinic_id>/tilkobling/motpart", connection.change_peer, name="operator-change-peer"),
    path("klinikker/<uuid:clinic_id>/tilkobling/sjekk", connection.try_connection, name="operator-try-connection"),
    path("klinikker/<uuid:clinic_id>/logg", log.log, name="operator-log"),
    path("passnokkel", passkey.passkey, name="operator-passkey"),
    path("logg-inn", login.login, name="operator-login"),
    path("logg-inn/helseid", login.login_helseid, name="operator-login-helseid"),
    path("logg-inn/helseid/svar", login.login_helseid_answer, name="operator-login-helseid-answer"),
    path("logg-inn/<str:ticket>", login.login_by_link, name="operator-login-by-link"),
    path("logg-ut", login.logout, name="operator-logout"),
]
