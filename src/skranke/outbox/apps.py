from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "skranke.outbox"
    label = "outbox"
