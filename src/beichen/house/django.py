"""Django's settings, derived from :mod:`beichen.settings`; nothing is configured twice."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

import csp.constants as csp
from django.utils.translation import gettext_lazy as _

from beichen.house.rooms import ROOMS
from beichen.settings import settings

AWAY_SECONDS = 5
_chosen = settings()
_chosen.data_dir.mkdir(parents=True, exist_ok=True)

SECRET_KEY = _chosen.secret_key
DEBUG = _chosen.debug
ALLOWED_HOSTS = [host.strip() for host in _chosen.hosts.split(",") if host.strip()]
ROOT_URLCONF = "beichen.house.urls"
WSGI_APPLICATION = "beichen.house.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "kernel_access.Account"
SITE_ID = 1

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    *ROOMS,  # before the libraries whose templates they restyle
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "ninja",  # the files of the page at /api/docs, which come from elsewhere without it
]

MIDDLEWARE = [
    "beichen.registry.express.ExpressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "beichen.web.sessions.KeepingSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "beichen.web.tokens.TokenMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "beichen.web.errors.ProblemMiddleware",
]

# Where programs speak an open protocol, and who answers there: see the first middleware.
EXPRESS = {"/ngsi-ld/": "beichen.registry.urls", "/ogc": "beichen.platforms.geo.ogc.urls"}

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "beichen.web.context.page",
            ],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path),
            "CONN_MAX_AGE": None,  # opening the file and its pragmas cost more than most queries
            "OPTIONS": {
                # Writers queue instead of failing half-way with "database is locked".
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                    "PRAGMA mmap_size=134217728; PRAGMA cache_size=-32768; PRAGMA temp_store=MEMORY;"
                ),
            },
            # A file, so that tests may use threads and processes as the house does.
            "TEST": {"NAME": unquote(parts.path) + ".test"},
        }
    return {
        "ENGINE": "beichen.house.postgres",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        # Without a threshold psycopg prepares nothing, not even what asks for it; Django's own never do.
        # A server that is away is told within seconds: a thread that waits for it cannot answer others.
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 16, "timeout": AWAY_SECONDS},
            "connect_timeout": AWAY_SECONDS,
            "prepare_threshold": 5,
        },
    }


DATABASES = {"default": _database(_chosen.database)}
# Counts of failed sign-ins hold for all web processes of the machine.
_shared = {
    "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
    "LOCATION": str(_chosen.data_dir / "cache"),
}
CACHES = {
    "default": _shared
    if _chosen.web_workers > 1
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "beichen_language"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = str(_chosen.data_dir / "static")
(_chosen.data_dir / "static").mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "beichen.web.assets.Assets"},
}
WHITENOISE_MANIFEST_STRICT = False
WHITENOISE_USE_FINDERS = DEBUG

AUTHENTICATION_BACKENDS = ["beichen.kernel.access.backend.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_FORMS = {"login": "beichen.kernel.access.sign_in_form.SignInForm"}
ACCOUNT_USER_DISPLAY = "beichen.kernel.access.signing_in.called"
ACCOUNT_ADAPTER = "beichen.kernel.access.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ALLAUTH_TRUSTED_PROXY_COUNT = _chosen.proxies
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Beichen 北辰"

SESSION_COOKIE_NAME = "beichen_session"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _chosen.https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None  # see the middleware
CSRF_FAILURE_VIEW = "beichen.web.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if _chosen.https else 0
SECURE_SSL_REDIRECT = _chosen.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _chosen.https else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

_map = [_chosen.map_origin] if _chosen.map_origin else []
_video = _chosen.video_origins
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [csp.SELF],
        "script-src": [csp.SELF],
        "style-src": [csp.SELF],
        "img-src": [csp.SELF, "data:", "blob:", *_map, *_video, *_chosen.model_origins],
        "media-src": [csp.SELF, *(["blob:", *_video] if _video else [])],
        "connect-src": [
            csp.SELF,
            "blob:",
            _chosen.live,
            *_map,
            *_video,
            *_chosen.model_origins,
        ],  # blob: models' textures
        "worker-src": [csp.SELF],
        "object-src": [csp.NONE],
        "base-uri": [csp.SELF],
        "form-action": [csp.SELF],
        "frame-ancestors": [csp.NONE],
    }
}

_mail = urlsplit(_chosen.smtp_url)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _chosen.smtp_url else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or (465 if _mail.scheme == "smtps" else 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_TIMEOUT = 10

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"beichen": {"level": "INFO"}},
}
