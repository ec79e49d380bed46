"""Klatsch's settings: one file, read from the environment, safe for production as it stands.

docs/deploy.md lists every variable. Without any, Klatsch serves only HTTPS on localhost names, from the embedded
PostgreSQL (`config/launch/postgres.py`) with Celery on the same database.
"""

import base64
import hashlib
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from kombu import Exchange, Queue
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config import celery, logs  # noqa: F401 - whoever has the settings has the application that tasks belong to
from config.paths import ROOT, data_dir

django_stubs_ext.monkeypatch()  # lets generic Django classes be written as their stubs have them

BASE_DIR, DATA_DIR = ROOT, data_dir()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def env_list(name: str, default: str) -> list[str]:
    return [word.strip() for word in env(name, default).split(",") if word.strip()]


def env_flag(name: str, *, default: bool) -> bool:
    return env(name, str(default)).lower() in {"1", "true", "yes", "on"}


def local_secret(name: str) -> str:
    """A secret made on first use and kept beside the data, readable by its owner only."""
    path = DATA_DIR / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def fernet_key(secret: str) -> str:
    """A key for encrypting derived from any text."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"klatsch channels {secret}".encode()).digest()).decode()


# --- who may reach us ---------------------------------------------------------------------------------------------
DEBUG = env_flag("KLATSCH_DEBUG", default=False)  # `manage.py dev` sets it
SECRET_KEY = env("KLATSCH_SECRET_KEY") or local_secret("secret_key")
ALLOWED_HOSTS = env_list("KLATSCH_HOSTS", "localhost,127.0.0.1,[::1]")
HTTPS = env_flag("KLATSCH_HTTPS", default=True)
CSRF_TRUSTED_ORIGINS = env_list("KLATSCH_ORIGINS", "")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^v1/", r"^in/"]  # a redirected POST is a lost event
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_flag("KLATSCH_PROXY", default=False) else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600  # one shift
CSRF_COOKIE_HTTPONLY = False  # htmx reads the token from the page, not the cookie; nothing is gained by hiding it
CSRF_FAILURE_VIEW = "apps.accounts.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"

# --- rooms --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    *(["apps.demo"] if env_flag("KLATSCH_DEMO_APP", default=False) else []),  # manage.py sets it where it is wanted
    "apps.desktop",
    "apps.moments",
    "apps.contact",
    "apps.insights",
    "apps.channels",
    "apps.interactions",
    "apps.customers",
    "apps.accounts",
    "unfold.apps.BasicAppConfig",  # the admin site is ours: apps.accounts.site
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "axes",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "ninja",  # its reference page, from our own static files
]
MIDDLEWARE = [
    "apps.accounts.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "apps.foundation.compression.CompressedFiles",
    "apps.foundation.compression.PageCompression",
    "csp.middleware.CSPMiddleware",
    "apps.accounts.middleware.PageSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.accounts.middleware.FragmentLoginMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "apps.accounts.middleware.SubmissionMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = False  # a redirect would lose a collector's POST; both spellings are routed where both are used
TEMPLATES: list[dict[str, Any]] = [
    {
        "NAME": "desk",  # templates/desktop/<screen>/
        "BACKEND": "apps.desktop.shell.templates.DeskTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "apps.desktop.shell.templates.environment",
            "context_processors": [
                "django.contrib.auth.context_processors.auth",
                "apps.desktop.shell.context.person",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]
if DEBUG:  # a template is read again for each page
    TEMPLATES[1]["APP_DIRS"] = False
    TEMPLATES[1]["OPTIONS"]["loaders"] = [
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- the database is the memory ----------------------------------------------------------------------------------
_conninfo = conninfo_to_dict(env("DATABASE_URL", "postgresql:///klatsch"))
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _conninfo.pop("dbname", "klatsch"),
        "USER": _conninfo.pop("user", ""),
        "PASSWORD": _conninfo.pop("password", ""),
        "HOST": _conninfo.pop("host", ""),
        "PORT": _conninfo.pop("port", ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # A process frozen inside a transaction must not hold up everybody else for ever.
            # And what is prepared (contact/facts.py) is planned once.
            "options": "-c idle_in_transaction_session_timeout=300000 -c plan_cache_mode=force_generic_plan",
            **_conninfo,
            "prepare_threshold": 5,  # for `foundation.db.server_cursor`; other statements are bound by the client
            "pool": {
                "min_size": 1,
                "max_size": int(env("KLATSCH_DB_POOL", "8")),
                "timeout": 10,
                "max_idle": 120,
            },
        },
    }
}
SESSION_ENGINE = "apps.accounts.sessions"

# --- who works here -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "apps.accounts.backends.RoleBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("desk")
LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_ADAPTER = "apps.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "apps.accounts.forms.SignInForm",
    "change_password": "apps.accounts.forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # django-axes counts in the database, across processes
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says how long to wait; trying again adds nothing
AXES_CLIENT_IP_CALLABLE = "apps.foundation.http.client_address"
AXES_USERNAME_CALLABLE = "apps.accounts.http.name_tried"
AXES_DISABLE_ACCESS_LOG = True  # the audit trail says who came and went
AXES_LOCKOUT_CALLABLE = "apps.accounts.views.locked_out"
AXES_VERBOSE = False
DEMO = env_flag("KLATSCH_DEMO", default=False)  # `demo` and `dev` set it: the login page then names the demo logins

# --- what a page may load -----------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- languages, dates, numbers ------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("fr", _("French")), ("ar", _("Arabic"))]
FORMAT_MODULE_PATH = ["config.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env("KLATSCH_TIME_ZONE", "UTC")
# Regions whose spelling of a phone number is tried when somebody types one without a country code, in this order.
PHONE_REGIONS = env_list("KLATSCH_PHONE_REGIONS", "GB,FR,DE,ES,IT,NL,BE,CH,AT,IE,PL,TR,US")

# --- files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"  # for `collectstatic` behind a CDN; without it the finders serve
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "apps.desktop.shell.stylesheets.StylesheetFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
WHITENOISE_USE_FINDERS = True  # no collectstatic step to forget
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 60
MEDIA_ROOT = DATA_DIR / "files"  # never served by URL: a view checks who asks
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

# --- mail to colleagues ------------------------------------------------------------------------------------------
# smtp://user:password@host:587, or smtps:// for TLS from the first byte; smtp:// asks for TLS unless ?tls=no.
MAIL_SERVER = urlsplit(env("KLATSCH_SMTP_URL"))
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL_SERVER.hostname else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"  # without a server, what would have been sent lies here
EMAIL_HOST, EMAIL_PORT = MAIL_SERVER.hostname or "localhost", MAIL_SERVER.port or 587
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(MAIL_SERVER.username or ""), unquote(MAIL_SERVER.password or "")
EMAIL_USE_SSL = MAIL_SERVER.scheme == "smtps"
EMAIL_USE_TLS = not EMAIL_USE_SSL and "tls=no" not in MAIL_SERVER.query
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("KLATSCH_MAIL_FROM", "Klatsch <klatsch@localhost>")

# --- Celery is the alarm clock ------------------------------------------------------------------------------------
CELERY_BROKER_URL = env("CELERY_BROKER_URL", "pgmq://")
if CELERY_BROKER_URL.startswith("pgmq:"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # As key=value: kombu reads a URL by itself and ignores its `?host=`, the socket's directory.
        "conn_string": make_conninfo("", **conninfo_to_dict(env("DATABASE_URL", "postgresql:///klatsch"))),
        "init_extension": False,  # the schema is installed by a migration (channels)
        "use_notify": True,
        "notify_throttle_interval_ms": 0,
        "wait_time_seconds": 0,
        "polling_interval": 0.5,  # of no consequence while NOTIFY works; the worker idles at 1 % of a core
        "visibility_timeout": 60,
        "pool_size": 4,
        "queue_name_prefix": env("KLATSCH_QUEUE_PREFIX", ""),
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 8
# Asking a slow provider must not keep events waiting: workers with `-Q pull` do nothing else. One without -Q does all.
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("celery", "pull")]
CELERY_TASK_ROUTES = {
    "apps.channels.tasks.pull": {"queue": "pull"},
    "apps.customers.tasks.*": {"queue": "pull"},  # minutes of work that nobody waits for
    "apps.insights.tasks.suggest_themes": {"queue": "pull"},
    "apps.insights.tasks.read_themes_again": {"queue": "pull"},
    "apps.moments.tasks.send_webhooks": {"queue": "pull"},
}
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_TIME_LIMIT = 600
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "apps.channels.sync.schedule:SlotScheduler"  # django-celery-beat, safe to run twice
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "apps.channels.tasks.sweep", "schedule": 15.0},
    "pull": {"task": "apps.channels.tasks.pull_due", "schedule": 5.0},
    "reconcile": {"task": "apps.channels.tasks.reconcile", "schedule": crontab(minute="10", hour="3")},
    "prune": {"task": "apps.channels.tasks.prune", "schedule": crontab(minute="40", hour="3")},
    "masked_ids": {"task": "apps.channels.tasks.look_for_masked_ids", "schedule": crontab(minute="25", hour="3")},
    "compare": {"task": "apps.customers.tasks.compare_due", "schedule": 20.0},
    "show_all": {"task": "apps.customers.tasks.show_all", "schedule": crontab(minute="20", hour="2")},
    "compare_all": {"task": "apps.customers.tasks.compare_all", "schedule": crontab(minute="50", hour="2")},
    "moments": {"task": "apps.moments.tasks.sweep", "schedule": 60.0},
    "detect": {"task": "apps.moments.tasks.detect", "schedule": 10.0},
    "notices": {"task": "apps.moments.tasks.notify", "schedule": 60.0},
    "webhooks": {"task": "apps.moments.tasks.send_webhooks", "schedule": 5.0},
    "prune_webhooks": {"task": "apps.moments.tasks.prune", "schedule": crontab(minute="45", hour="3")},
    "score": {"task": "apps.insights.tasks.score", "schedule": crontab(minute="30", hour="2")},
    "collect_feedback": {"task": "apps.insights.tasks.collect_feedback", "schedule": 30.0},
    "suggest_themes": {"task": "apps.insights.tasks.suggest_themes", "schedule": crontab(minute="10", hour="4")},
    # On Monday morning; again in the hours after for what the mail server did not take.
    "digests": {
        "task": "apps.desktop.tasks.send_digests",
        "schedule": crontab(minute="0,20,40", hour="7-11", day_of_week="1"),
    },
}

# --- what is said in the log: events with fields, no customer data ------------------------------------------------
LOGGING = logs.configured(env("KLATSCH_LOG_LEVEL", "INFO"), readable=DEBUG)

# --- the supervisors' room ----------------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": "Klatsch",
    "SITE_HEADER": "Klatsch",
    "SITE_URL": reverse_lazy("desk"),
    "SITE_ICON": "/static/desktop/mark.svg",
    "SITE_FAVICONS": [{"rel": "icon", "href": "/static/desktop/mark.svg", "type": "image/svg+xml"}],
    "SHOW_HISTORY": False,  # who did what is in the audit trail
    "DASHBOARD_CALLBACK": "apps.desktop.admin.dashboard",
    "STYLES": ["/static/admin/klatsch.css"],
    "SCRIPTS": ["/static/admin/klatsch.js"],
    "SIDEBAR": {"navigation": "apps.desktop.admin.sidebar"},
    "COLORS": {
        "primary": {  # the teal of static/desktop/mark.svg
            "50": "oklch(97.5% .013 178)",
            "100": "oklch(94% .03 178)",
            "200": "oklch(88% .055 178)",
            "300": "oklch(80% .08 178)",
            "400": "oklch(72% .095 177)",
            "500": "oklch(62% .095 176)",
            "600": "oklch(48% .085 176)",
            "700": "oklch(42% .075 176)",
            "800": "oklch(36% .062 176)",
            "900": "oklch(30% .05 176)",
            "950": "oklch(22% .035 176)",
        }
    },
}

# --- systems we talk to -------------------------------------------------------------------------------------------
# What encrypts the credentials of sources, newest first. Without any they follow from the secret key.
CHANNEL_KEYS = [fernet_key(key) for key in env_list("KLATSCH_CHANNEL_KEYS", "") or [SECRET_KEY]]
# Private addresses that sources may live at (networks, comma-separated); everything private is refused otherwise.
PRIVATE_PEERS = env_list("KLATSCH_PRIVATE_PEERS", "127.0.0.0/8,::1/128" if DEMO else "")
# Folders whose subfolders may be read by sources of the kinds that read files.
DROP_ROOTS = [Path(root) for root in env_list("KLATSCH_DROP_ROOTS", str(DATA_DIR / "drop"))]
# Singer taps that may be run: names of executables in <data>/taps/<name>/bin/<name> (`manage.py install_tap`).
TAPS_DIR = Path(env("KLATSCH_TAPS_DIR", str(DATA_DIR / "taps")))
PUBLIC_URL = env("KLATSCH_PUBLIC_URL", "")  # how senders reach us, where it is not how the browser does

# --- who may be the same person -----------------------------------------------------------------------------------
MATCHING_MEMORY = env("KLATSCH_MATCHING_MEMORY", "1GB")  # of the comparison's own database; beyond it uses the disk
MATCHING_THREADS = int(env("KLATSCH_MATCHING_THREADS", "2"))

# --- what we promise about limits ---------------------------------------------------------------------------------
COLLECT_MAX_BYTES = 4 * 1024 * 1024  # of one request, after decompression
COLLECT_MAX_EVENT_BYTES = 32 * 1024
PUSH_MAX_EVENT_BYTES = 1024 * 1024  # of one event at /in/: orders with a thousand lines exist
