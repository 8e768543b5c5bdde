from django.apps import AppConfig


class ClinicsConfig(AppConfig):
    name = "skranke.clinics"
    label = "clinics"
