"""The addresses of the clinic portal."""

from django.urls import include, path

from skranke.web.clinic import live, login
from skranke.web.clinic.session import log_out
from skranke.web.own_sessions import addresses
from skranke.web.sessions import STAFF

urlpatterns = [
    *addresses(STAFF, log_out),
    path("", login.front, name="front"),
    path("logg-inn", login.login, name="login"),
    path("logg-inn/helseid", login.login_helseid, name="login-helseid"),
    path("logg-inn/helseid/svar", login.login_helseid_answer, name="login-helseid-answer"),
    path("logg-inn/<str:ticket>", login.login_by_link, name="login-by-link"),
    path("logg-ut", login.logout, name="logout"),
    path("k/<slug:slug>/live-ticket", live.live_ticket, name="live-ticket"),
    path("k/<slug:slug>/", include("skranke.web.clinic.post.urls")),
    path("k/<slug:slug>/", include("skranke.web.clinic.patients.urls")),
    path("k/<slug:slug>/", include("skranke.web.clinic.schedule.urls")),
    path("k/<slug:slug>/", include("skranke.web.clinic.settings.urls")),
]
