"""Django's settings, all of them from `environment.Settings`."""

import os

from skranke.config import environment
from skranke.kernel import clock, log

OURS = environment.load()
if OURS.clock_file:
    os.environ.setdefault(clock.ENVIRONMENT_VARIABLE, OURS.clock_file)
log.configure(level=OURS.log_level)

SECRET_KEY = OURS.secret_key or "only for commands that sign nothing"
DEBUG = False
ALLOWED_HOSTS = [host.strip() for host in OURS.allowed_hosts.split(",") if host.strip()]
ROOT_URLCONF = "skranke.config.urls"
WSGI_APPLICATION = "skranke.config.wsgi.application"
DATABASES = {
    "default": environment.database(
        OURS.database_url or "postgresql:///unset", owner=os.environ.get("SKRANKE_AS_OWNER") == "1"
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.postgres",
    "skranke.ui",
    "skranke.tenancy",
    "skranke.audit",
    "skranke.blobs",
    "skranke.outbox",
    "skranke.registers",
    "skranke.identity",
    "skranke.clinics",
    "skranke.patients",
    "skranke.journal",
    "skranke.notifications",
    "skranke.dialog",
    "skranke.scheduling",
    "skranke.billing",
    "skranke.gateway",
    "skranke.worker",
    "skranke.web",
    "skranke.web.clinic",
    "skranke.web.operator",
    "skranke.web.patient",
    "skranke.web.api",
]
MIDDLEWARE = [
    "skranke.ui.security.RequestIdMiddleware",
    "skranke.ui.security.SecurityHeadersMiddleware",
    "skranke.web.api.problems.ProblemMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "skranke.web.sessions.SessionMiddleware",
    "skranke.ui.i18n.LanguageMiddleware",
    "skranke.web.limits.UploadLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "skranke.ui.views.ErrorPageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "skranke.ui.backend.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "skranke.ui.environment.environment"},
    }
]
FORM_RENDERER = "skranke.ui.forms.Renderer"

LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Oslo"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 300
CSRF_COOKIE_SECURE = OURS.secure_cookies
CSRF_COOKIE_NAME = "skranke_csrf"
CSRF_FAILURE_VIEW = "skranke.ui.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [OURS.public_url]
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
APPEND_SLASH = False
UI_LIVE_ORIGIN = OURS.live_url

# One upload may hold the largest message and its form fields, and no more.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * environment.MEBIBYTE
FILE_UPLOAD_MAX_MEMORY_SIZE = environment.MEBIBYTE
DATA_UPLOAD_MAX_NUMBER_FILES = 50

LOGGING_CONFIG = None
