"""The sandbox's addresses."""

from django.urls import include, path

from skranke.sandbox.registers.persons import PATH
from skranke.sandbox.views import booking, citizen, directory, oidc, operator, registers, renewal, wishes

handler400 = "skranke.ui.views.bad_request"
handler403 = "skranke.ui.views.permission_denied"
handler404 = "skranke.ui.views.page_not_found"
handler500 = "skranke.ui.views.server_error"

_VISIT = "innbygger/<int:actor>/<int:patient>"

_pages = [
    path("", citizen.home, name="home"),
    path(_VISIT, citizen.overview, name="overview"),
    path(f"{_VISIT}/nytt", citizen.news, name="news"),
    path(f"{_VISIT}/skriv/<str:kind>", citizen.write, name="write"),
    path(f"{_VISIT}/resept", renewal.ask, name="renew"),
    path(f"{_VISIT}/samtale/<str:conversation>", citizen.thread, name="thread"),
    path(f"{_VISIT}/samtale/<str:conversation>/arkiver", citizen.archive, name="archive"),
    path(f"{_VISIT}/samtale/<str:conversation>/slett", citizen.delete, name="delete"),
    path(f"{_VISIT}/beskjed/<uuid:message>", citizen.notice, name="notice"),
    path(f"{_VISIT}/vedlegg/<int:identity>", citizen.attachment, name="attachment"),
    path(f"{_VISIT}/timer", booking.ask, name="ask"),
    path(f"{_VISIT}/tjenester/<str:her_id>", booking.common, name="common"),
    path(f"{_VISIT}/timer/<uuid:question>", booking.slots, name="slots"),
    path(f"{_VISIT}/time/<uuid:appointment>/avbestill", booking.cancel, name="cancel"),
    path(f"{_VISIT}/time/<uuid:appointment>/flytt", booking.move, name="move"),
    path(f"{_VISIT}/time/<uuid:appointment>/flytt/<uuid:question>", booking.move_slots, name="move_slots"),
    path(f"{_VISIT}/onske", wishes.time, name="wish"),
    path(f"{_VISIT}/time/<uuid:appointment>/onske", wishes.cancellation, name="wish_cancel"),
    path(f"{_VISIT}/time/<uuid:appointment>/onske-ny", wishes.change, name="wish_change"),
    path("drift", operator.operator, name="operator"),
    path("drift/deler", operator.parts, name="parts"),
    path("drift/melding/<uuid:identity>", operator.message, name="message"),
    path("drift/klokke", operator.move_clock, name="move_clock"),
    path("drift/innbygger", operator.set_active, name="set_active"),
    path("drift/feil", operator.trouble, name="trouble"),
    path("drift/test", operator.test, name="test"),
    path("drift/registre", directory.page, name="directory"),
    path("drift/registre/tjeneste", directory.set_service, name="set_service"),
    path("drift/registre/liste", directory.move_citizen, name="move_citizen"),
    path("drift/registre/adresse", directory.rehouse_citizen, name="rehouse_citizen"),
    path("drift/registre/stans", directory.set_outage, name="set_outage"),
    path(f"registre/freg/{PATH}", registers.ask_about_person, name="register_of_persons"),
    path("registre/<str:register>", registers.ask, name="registers"),
    path("oidc/<slug:slug>/.well-known/openid-configuration", oidc.configuration, name="oidc_configuration"),
    path("oidc/<slug:slug>/jwks", oidc.jwks, name="oidc_jwks"),
    path("oidc/<slug:slug>/connect/par", oidc.par, name="oidc_par"),
    path("oidc/<slug:slug>/connect/token", oidc.token, name="oidc_token"),
    path("oidc/<slug:slug>/connect/endsession", oidc.end_session, name="oidc_end_session"),
    path("oidc/<slug:slug>/connect/authorize", oidc.authorize, name="oidc_authorize"),
    path("health", operator.health, name="health"),
]

urlpatterns = [
    path("", include((_pages, "sandbox"))),
    path("ui/", include("skranke.ui.urls")),
]
