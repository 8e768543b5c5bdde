from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "skranke.notifications"
    label = "notifications"
