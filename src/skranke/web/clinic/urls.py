"""The addresses of the clinic portal."""

from django.urls import include, path
from django.views.generic import RedirectView

from skranke.web.clinic import live, login, today
from skranke.web.clinic.session import log_out
from skranke.web.own_sessions import addresses
from skranke.web.sessions import STAFF

# Of any slug the same: whether there is such a clinic is said by the page behind the log-in.
_to_post = RedirectView.as_view(pattern_name="post")

urlpatterns = [
    *addresses(STAFF, log_out),
    path("", login.front, name="front"),
    path("logg-inn", login.login, name="login"),
    path("logg-inn/helseid", login.login_helseid, name="login-helseid"),
    path("logg-inn/helseid/svar", login.login_helseid_answer, name="login-helseid-answer"),
    path("logg-inn/<str:ticket>", login.login_by_link, name="login-by-link"),
    path("logg-ut", login.logout, name="logout"),
    path("k/<slug:slug>", _to_post, name="clinic-front"),
    path("k/<slug:slug>/", _to_post, name="clinic-front"),
    path("k/<slug:slug>/i-dag", today.page, name="today"),
    path("k/<slug:slug>/live-ticket", live.live_ticket, name="live-ticket"),
    path("k/<slug:slug>/", include("skranke.web.clinic.post.urls")),
    path("k/<slug:slug>/", include("skranke.web.clinic.patients.urls")),
    path("k/<slug:slug>/", include("skranke.web.clinic.schedule.urls")),
    path("k/<slug:slug>/", include("skranke.web.clinic.billing.urls")),
    path("k/<slug:slug>/", include("skranke.web.clinic.reports.urls")),
    path("k/<slug:slug>/", include("skranke.web.clinic.settings.urls")),
]
