from django.apps import AppConfig


class WorkerConfig(AppConfig):
    name = "skranke.worker"
    label = "worker"
