"""A studio and its users."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from controlroom.desk.accounts.actor import RIGHTS, Actor


class Studio(models.Model):
    """Whose desk it is. Every other row belongs to one."""

    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=(username or "").strip())


class User(AbstractBaseUser):
    """Somebody with an account."""

    ROLES: ClassVar = [("producer", "Producer"), ("engineer", "Engineer"), ("reader", "Reader")]

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="users")
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, choices=ROLES, default="producer")
    time_zone = models.CharField(max_length=64, blank=True)
    wants_mail = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def actor(self) -> Actor:
        return Actor(
            studio_id=self.studio_id,
            name=self.name or self.email,
            key=f"user:{self.pk}",
            rights=RIGHTS[self.role],
            user_id=self.pk,
        )
