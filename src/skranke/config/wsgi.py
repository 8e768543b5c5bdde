"""The WSGI application that `skranke web` serves."""

import gc
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from skranke.config import environment

environment.for_pages(settings.OURS)
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)
# What is loaded by now stays: the collector need not walk through it in the middle of a large answer.
gc.collect()
gc.freeze()
