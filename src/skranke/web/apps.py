from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "skranke.web"
    label = "web"
