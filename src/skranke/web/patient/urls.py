"""The addresses of the patient portal, all under /min/."""

from django.urls import path

from skranke.web.patient import home, login

urlpatterns = [
    path("", home.home, name="patient-home"),
    path("logg-inn", login.login, name="patient-login"),
    path("logg-inn/<str:ticket>", login.login_by_link, name="patient-login-by-link"),
    path("logg-ut", login.logout, name="patient-logout"),
    path("<slug:slug>/", home.clinic, name="patient-clinic"),
]
