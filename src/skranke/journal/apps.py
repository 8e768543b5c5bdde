from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "skranke.journal"
    label = "journal"
