"""What the mail app tells the apps above it (it does not know them)."""

from __future__ import annotations

from django.dispatch import Signal

arrived = Signal()
"""Sent once for every message that came in, sorted and kept, within its transaction: `message` (a `MailMessage`).

A receiver that finds an answer to an invitation in `message.calendars` keeps it; one that raises makes the message
wait for the next fetch, so it must not raise over what somebody wrote.
"""

sent = Signal()
"""Sent when a letter went out: `letter` (an `Outgoing`)."""

bounced = Signal()
"""Sent when a letter came back: `letter` (an `Outgoing`)."""
