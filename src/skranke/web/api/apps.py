from django.apps import AppConfig


class WebApiConfig(AppConfig):
    name = "skranke.web.api"
    label = "web_api"
