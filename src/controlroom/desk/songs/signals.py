"""What the songs app tells the apps above it (it does not know them)."""

from __future__ import annotations

from django.dispatch import Signal

happened = Signal()
"""Sent for every new line of a timeline: `event` (an `Event`), `actor`."""

heard = Signal()
"""Sent when a recording has been listened to and can be played: `recording`."""
