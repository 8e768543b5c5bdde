"""The WSGI application that `skranke sandbox web` serves."""

import os

from django.core.wsgi import get_wsgi_application

# Its own name, whatever the clinic's programs have set: the two never share a process.
os.environ["DJANGO_SETTINGS_MODULE"] = "skranke.sandbox.settings"
application = get_wsgi_application()
