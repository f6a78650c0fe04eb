"""Passwords of mail accounts, as the database keeps them: encrypted with a key made of the desk's secret.

Who has only the database reads none. HKDF (RFC 5869) makes the key, Fernet (AES-128-CBC, HMAC-SHA256) encrypts.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from django.conf import settings

from controlroom.base.errors import SurroundingsFailed

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def sealed(secret: str) -> str:
    """A password as it is kept; "" stays ""."""
    return _fernet().encrypt(secret.encode()).decode() if secret else ""


def opened(kept: str) -> str:
    """The password again; raises `SurroundingsFailed` where the desk's secret is another one than it was."""
    from cryptography.fernet import InvalidToken

    try:
        return _fernet().decrypt(kept.encode()).decode() if kept else ""
    except InvalidToken:
        raise SurroundingsFailed(
            "The password", "it was kept under another secret of this desk", "Type it again in the mail settings."
        ) from None


def _fernet() -> Fernet:
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    key = HKDF(SHA256(), 32, salt=None, info=b"controlroom mail secrets").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(key))
