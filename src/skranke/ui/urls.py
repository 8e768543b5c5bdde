"""Routes every program with pages includes: `path("ui/", include("skranke.ui.urls"))`."""

from django.urls import path

from skranke.ui.i18n import set_language

app_name = "ui"
urlpatterns = [path("language", set_language, name="set_language")]
