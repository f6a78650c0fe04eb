"""Sorting what was made to make a search go round in circles."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from controlroom.rooms.correspondence.message import Address, Message
from controlroom.rooms.correspondence.triage import Circumstances, Rules, triage


@pytest.mark.parametrize("run", ["a", "1", "1 ", "1.1.", "$1,", "EUR 1", "http://", "至"])
def test_long_runs_are_sorted_at_once(run: str) -> None:
    text = run * (400_000 // len(run))
    sender = Address(email="x@mail.example.org", name=text[:2000])
    message = Message(message_id="1@x", subject=text[:5000], text=text, from_=sender)
    rules = Rules.shipped()
    began = time.process_time()
    found = triage(message, Circumstances(now=datetime(2026, 5, 12, tzinfo=UTC)), rules)
    assert time.process_time() - began < 5
    assert found.reasons
