from django.apps import AppConfig


class WebPatientConfig(AppConfig):
    name = "skranke.web.patient"
    label = "web_patient"
