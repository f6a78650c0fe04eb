"""The desk for a web server."""

from __future__ import annotations

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlroom.desk.settings")
application = get_wsgi_application()

import_module("controlroom.desk.urls")
gc.collect()
gc.freeze()  # what is loaded stays for good: no request pays for looking through it (100 ms, now and then)
