from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "skranke.identity"
    label = "identity"
