from django.apps import AppConfig


class BlobsConfig(AppConfig):
    name = "skranke.blobs"
    label = "blobs"
