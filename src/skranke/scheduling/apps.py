from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "skranke.scheduling"
    label = "scheduling"
