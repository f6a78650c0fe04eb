"""The desk's settings for tests: a home of its own, fast passwords, mail kept in memory.

`CONTROLROOM_DATABASE` chooses the database as it does outside of tests.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="controlroom-desk-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["CONTROLROOM_HOME"] = _home

from controlroom.desk.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["*"]

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": f"{_home}/test.sqlite3"}  # noqa: F405 a file: other processes see it too
