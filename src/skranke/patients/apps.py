from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "skranke.patients"
    label = "patients"
