"""What a start makes sure of: tables that fit, a studio with its first user, and the sample song asked for, once."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from controlroom.base.errors import SurroundingsFailed, UsageError
from controlroom.desk.surroundings import setting

EMAIL = "producer@localhost"


@dataclass(frozen=True)
class Ready:
    """Who signs in first, and the password where it was made just now ("": it is known already)."""

    email: str
    password: str
    founded: bool


def prepare(*, sample: bool) -> Ready:
    """Bring the tables up to date; on the first start found the studio and ask for the sample song."""
    from django.db import transaction

    from controlroom.desk import works
    from controlroom.desk.accounts.actions import found_studio
    from controlroom.desk.accounts.models import User

    _migrate()
    with transaction.atomic():
        founded = not User.objects.exists()
        user, made = found_studio("The studio", _email(), setting("PASSWORD"), _time_zone())
        if founded and sample:
            works.ask(user.actor, "sample.song", says="Making the sample song", studio=user.studio_id)
    return Ready(user.email, made, founded)


def _migrate() -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import DatabaseError

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        why = " ".join(str(error).split())
        name = str(settings.DATABASES["default"]["NAME"])
        raise SurroundingsFailed(f"The database {name}", why, "See that it runs and may be written.") from error


def _email() -> str:
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    email = setting("EMAIL", EMAIL)
    try:
        validate_email(email)
    except ValidationError:
        raise UsageError("CONTROLROOM_EMAIL", f"{email!r} is no mail address", "Write name@place.") from None
    return email


def _time_zone() -> str:
    """The zone of this machine, "UTC" where it does not say."""
    from controlroom.desk.middleware import zone_named

    linked = Path("/etc/localtime").resolve().as_posix().partition("/zoneinfo/")[2]
    return zone_named(os.environ.get("TZ") or linked).key


def new_password(email: str) -> str:
    """Give the user with that address a new password; returns it. Raises `UsageError` where nobody has it."""
    from controlroom.desk.accounts.models import User

    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise UsageError(email, "nobody signs in with that address", "Look at how it is written.")
    made = secrets.token_urlsafe(9)
    user.set_password(made)
    user.save(update_fields=["password"])
    return made
