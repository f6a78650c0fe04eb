"""What the environment says of the desk: `CONTROLROOM_*` variables and the home folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from controlroom.base.errors import UsageError
from controlroom.base.files import whole_or_nothing

SQLITE_PRAGMAS = "; ".join(
    f"PRAGMA {each}" for each in ("journal_mode=WAL", "synchronous=NORMAL", "mmap_size=134217728", "cache_size=-65536")
)


def setting(name: str, default: str = "") -> str:
    """`CONTROLROOM_<name>`, or `default`."""
    return os.environ.get(f"CONTROLROOM_{name}", default).strip()


def listed(name: str) -> list[str]:
    """A comma-separated setting."""
    return [each.strip() for each in setting(name).split(",") if each.strip()]


def home() -> Path:
    """Where the desk keeps its database, blobs and work; made when missing."""
    chosen = setting("HOME")
    shared = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    path = Path(chosen).expanduser() if chosen else shared / "controlroom"
    if not path.is_dir():
        path.mkdir(0o700, parents=True, exist_ok=True)
    return path.resolve()


def scratch_of(work: Path) -> Path:
    """The folder for what is being made or comes in; made when missing."""
    work.mkdir(parents=True, exist_ok=True)
    return work


def secret_key(folder: Path) -> str:
    """The key that signs sessions: from the environment, else made once and kept where only its owner reads it."""
    if given := setting("SECRET"):
        return given
    path = folder / "secret"
    if not path.exists():
        with whole_or_nothing(path) as part:
            part.touch(0o600)
            part.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def database(folder: Path) -> dict[str, Any]:
    """SQLite in WAL mode in the home folder, or what `CONTROLROOM_DATABASE=postgresql://user:word@host/name` names."""
    url = setting("DATABASE")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "desk.sqlite3",
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
            "CONN_MAX_AGE": 600,
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise UsageError(
            "CONTROLROOM_DATABASE", f"{parts.scheme!r} is not supported", "Use postgresql://... or unset it."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
    }


def trusted_origins(site_url: str) -> list[str]:
    parts = urlsplit(site_url)
    return [f"{parts.scheme}://{parts.netloc}", *listed("ORIGINS")]


def mail() -> dict[str, Any]:
    """Mail goes to the console, or through `CONTROLROOM_SMTP=smtp://user:word@host:587` (smtps: TLS from the start)."""
    url = setting("SMTP")
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise UsageError("CONTROLROOM_SMTP", f"{url!r} names no mail server", "Write smtp://user:password@host:587.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.username),
        "EMAIL_TIMEOUT": 20,
    }
