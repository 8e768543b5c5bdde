from django.apps import AppConfig


class DialogConfig(AppConfig):
    name = "skranke.dialog"
    label = "dialog"
