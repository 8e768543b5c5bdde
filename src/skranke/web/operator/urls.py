"""The addresses of the operator's pages, all under /drift/."""

from django.urls import path

from skranke.web.operator import home, login

urlpatterns = [
    path("", home.home, name="operator-home"),
    path("logg-inn", login.login, name="operator-login"),
    path("logg-inn/<str:ticket>", login.login_by_link, name="operator-login-by-link"),
    path("logg-ut", login.logout, name="operator-logout"),
]
