"""The template backend: Django's own for Jinja2, reading each application's `templates/` folder."""

from django.template.backends import jinja2


class Jinja2(jinja2.Jinja2):
    """`TEMPLATES = [{"BACKEND": "skranke.ui.backend.Jinja2", "APP_DIRS": True, ...}]`."""

    app_dirname = "templates"
