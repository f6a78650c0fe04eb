"""Waiting for what a page becomes. The desk's policy forbids `eval`, which Playwright's own waiting needs."""

from __future__ import annotations

import time
from typing import Any

PLAYED_S = (
    "(() => { const [m, s] = document.querySelector('#clock').textContent.split(' / ')[0].split(':');"
    " return 60 * Number(m) + Number(s); })()"
)
"""What the player's clock shows, s."""


def until(page: Any, expression: str, within_s: float = 20.0) -> Any:
    """Wait until the expression is true in the page; returns what it gives."""
    end = time.monotonic() + within_s
    while not (found := page.evaluate(expression)):
        assert time.monotonic() < end, f"never came true: {expression}"
        page.wait_for_timeout(30)
    return found


def played_s(page: Any) -> float:
    return float(page.evaluate(PLAYED_S))
