"""The Django application of the shared look."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Brings templates/ui, static files and the en and nn catalogues into the project."""

    name = "skranke.ui"
    label = "ui"
