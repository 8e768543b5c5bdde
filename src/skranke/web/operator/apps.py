from django.apps import AppConfig


class WebOperatorConfig(AppConfig):
    name = "skranke.web.operator"
    label = "web_operator"
