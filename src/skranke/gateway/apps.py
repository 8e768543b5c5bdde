from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "skranke.gateway"
    label = "gateway"
