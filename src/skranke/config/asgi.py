"""The ASGI application that serves live events beside the pages."""

import django
from django.conf import settings

from skranke.config import environment
from skranke.web.live import LiveEvents

environment.for_pages(settings.OURS)
django.setup()
application = LiveEvents(settings.OURS.database_url, settings.OURS.public_url)
