from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "skranke.audit"
    label = "audit"
