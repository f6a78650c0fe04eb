"""What is done to studios and users."""

from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.accounts.models import Studio, User


def found_studio(name: str, email: str, password: str = "", time_zone: str = "UTC") -> tuple[User, str]:
    """The first studio and its producer; returns the user, and the password where it was made here ("" otherwise).

    Done once: where a studio is there already, its first producer is returned.
    """
    with transaction.atomic():
        known = User.objects.filter(role="producer", is_active=True).order_by("pk").first()
        if known is not None:
            return known, ""
        studio = Studio.objects.create(name=name, time_zone=time_zone)
        user = User(studio=studio, email=email, name=email.partition("@")[0].capitalize(), role="producer")
        made = "" if password else secrets.token_urlsafe(9)
        user.set_password(password or made)
        user.save()
    return user, made


def invite_user(actor: Actor, *, email: str, name: str, role: str) -> tuple[User, str]:
    """A colleague with an account; returns the user and a first password to hand over. Raises `UsageError`."""
    actor.must("manage")
    if User.objects.filter(email__iexact=email).exists():
        raise UsageError(email, "somebody has that address already", "Sign in with it, or use another.")
    user = User(studio_id=actor.studio_id, email=email, name=name, role=role)
    password = secrets.token_urlsafe(9)
    user.set_password(password)
    user.save()
    return user, password


def change_user(actor: Actor, user: User, *, role: str, is_active: bool) -> User:
    """Change what a colleague may do; the last active producer stays one."""
    actor.must("manage")
    with transaction.atomic():
        loses = user.role == "producer" and (role != "producer" or not is_active)
        others = User.objects.filter(studio_id=actor.studio_id, role="producer", is_active=True).exclude(pk=user.pk)
        if loses and not others.exists():
            raise UsageError(user.name, "a studio needs one producer", "Make somebody else a producer first.")
        user.role, user.is_active = role, is_active
        user.save(update_fields=["role", "is_active"])
    return user


def change_self(actor: Actor, *, name: str, time_zone: str, wants_mail: bool) -> User:
    """A user's own name, time zone, and whether mail is wanted."""
    user = User.objects.get(pk=actor.user_id)
    user.name, user.time_zone, user.wants_mail = name, time_zone, wants_mail
    user.save(update_fields=["name", "time_zone", "wants_mail"])
    return user


def change_password(actor: Actor, *, old: str, new: str) -> User:
    """Set a user's own password; raises `UsageError` where the old one is wrong or the new one too easy."""
    user = User.objects.get(pk=actor.user_id)
    if not user.check_password(old):
        raise UsageError("The old password", "it is another one", "Type it again.")
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise UsageError("The new password", " ".join(error.messages), "Choose a longer one.") from error
    user.set_password(new)
    user.save(update_fields=["password"])
    return user


def rename_studio(actor: Actor, *, name: str, time_zone: str) -> Studio:
    actor.must("manage")
    studio = Studio.objects.get(pk=actor.studio_id)
    studio.name, studio.time_zone = name, time_zone
    studio.save(update_fields=["name", "time_zone"])
    return studio
