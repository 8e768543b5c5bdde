from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "skranke.billing"
    label = "billing"
