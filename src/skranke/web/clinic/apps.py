from django.apps import AppConfig


class WebClinicConfig(AppConfig):
    name = "skranke.web.clinic"
    label = "web_clinic"
