from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "skranke.tenancy"
    label = "tenancy"
