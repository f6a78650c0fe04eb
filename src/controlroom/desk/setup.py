"""Starting Django for whoever is not a web request: the command line, a worker, a job's child."""

from __future__ import annotations

import os


def setup() -> None:
    """Load the desk's settings and apps; does nothing the second time."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlroom.desk.settings")
    import django

    django.setup()
