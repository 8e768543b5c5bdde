"""The REST API: one NinjaAPI under /api/v1, described by its own OpenAPI document."""

from typing import Any

from django.http import Http404
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from skranke import __version__
from skranke.kernel.errors import SkrankeError
from skranke.web.api import (
    appointment_types,
    appointments,
    cancellations,
    communication_types,
    drafts,
    message_log,
    patients,
    problems,
    receiver_periods,
    receivers,
    reports,
    set_up,
    templates,
    threads,
)
from skranke.web.api.work import BearerToken

api = NinjaAPI(
    title="Skranke",
    version=__version__,
    description="Threads, messages, attachments, journal, schedules, slots, appointments and patients of one clinic.",
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
    auth=BearerToken(),
)
_routers = (
    threads, message_log, patients, appointments, cancellations, receivers, receiver_periods, communication_types,
    templates, set_up, appointment_types, reports, drafts,
)  # fmt: skip
for _router in (part.router for part in _routers):
    api.add_router("", _router)

_handlers: tuple[tuple[type[Exception], Any], ...] = (
    (SkrankeError, problems.of_error),
    (ValidationError, problems.of_validation),
    (AuthenticationError, problems.of_authentication),
    (HttpError, problems.of_http_error),
    (Http404, problems.of_absence),
)
for _exception, _handler in _handlers:
    api.add_exception_handler(_exception, _handler)
