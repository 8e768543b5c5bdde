"""Django's settings of the sandbox, all of them from `environment.Settings`."""

from skranke.kernel import log
from skranke.sandbox import environment

OURS = environment.load()
log.configure(level=OURS.log_level)

SECRET_KEY = OURS.secret_key or "only for commands that sign nothing"
DEBUG = False
ALLOWED_HOSTS = [host.strip() for host in OURS.allowed_hosts.split(",") if host.strip()]
ROOT_URLCONF = "skranke.sandbox.urls"
WSGI_APPLICATION = "skranke.sandbox.wsgi.application"
DATABASES = {"default": environment.database(OURS.database_url or "postgresql:///unset")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.messages",
    "skranke.ui",
    "skranke.sandbox",
]
MIDDLEWARE = [
    "skranke.ui.security.RequestIdMiddleware",
    "skranke.ui.security.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "skranke.ui.i18n.LanguageMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "skranke.ui.views.ErrorPageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "skranke.ui.backend.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "skranke.ui.environment.environment",
            "context_processors": ["django.contrib.messages.context_processors.messages"],
        },
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
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = "skranke_sandbox"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = OURS.secure_cookies
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_NAME = "skranke_sandbox_csrf"
CSRF_COOKIE_SECURE = OURS.secure_cookies
CSRF_FAILURE_VIEW = "skranke.ui.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [OURS.url]
APPEND_SLASH = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 50

LOGGING_CONFIG = None
