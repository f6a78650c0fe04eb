"""The page of the day."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from controlroom.desk.accounts.rights import needs


@needs("read")
def today(request: Any) -> HttpResponse:
    return render(request, "today/today.html")
