"""How the desk is set up. What a person may want to change is an environment variable; docs/desk.md lists them."""

from __future__ import annotations

from csp.constants import NONCE, NONE, SELF

from controlroom.desk.surroundings import (
    database,
    home,
    listed,
    mail,
    scratch_of,
    secret_key,
    setting,
    trusted_origins,
)

HOME = home()
SITE_URL = setting("URL", "http://127.0.0.1:8000").rstrip("/")
SECRET_KEY = secret_key(HOME)
DEBUG = False
ALLOWED_HOSTS = listed("HOSTS") or ["*"]
CSRF_TRUSTED_ORIGINS = trusted_origins(SITE_URL)

BLOBS = HOME / "blobs"
BUCKET = setting("BUCKET")
MAIL_CA = setting("MAIL_CA")
POLISH = {name: setting(f"POLISH_{name.upper()}") for name in ("url", "model", "key")}
WORK = HOME / "work"
MOST_UPLOAD_BYTES = int(setting("MOST_UPLOAD_BYTES", str(2 * 1024**3)))
UPLOAD_CHUNK_BYTES = 8 * 1024**2

INSTALLED_APPS = [
    "controlroom.desk.accounts",
    "controlroom.desk.people",
    "controlroom.desk.songs",
    "controlroom.desk.jobs",
    "controlroom.desk.review",
    "controlroom.desk.guests",
    "controlroom.desk.mastering",
    "controlroom.desk.mail",
    "controlroom.desk.calendar",
    "controlroom.desk.today",
    "controlroom.desk.apps.DeskConfig",
    "django_tasks_db",
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "controlroom.desk.middleware.Refusals",
    "controlroom.desk.middleware.StudioTime",
]
ROOT_URLCONF = "controlroom.desk.urls"
WSGI_APPLICATION = "controlroom.desk.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "controlroom.desk.shell.shell",
            ],
            "builtins": ["controlroom.desk.templatetags.words"],
        },
    }
]

DATABASES = {"default": database(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "today"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if setting("BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "controlroom.desk.pages.stale"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024**2
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_TEMP_DIR = scratch_of(WORK)

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["quick", "heavy"]}}

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False
STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"

DEFAULT_FROM_EMAIL = setting("FROM", "Controlroom <desk@localhost>")
globals().update(mail())

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "controlroom.desk.logs.Line"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": setting("LOG", "WARNING")},
}
