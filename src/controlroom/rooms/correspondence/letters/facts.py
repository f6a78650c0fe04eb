"""What a letter may state, and nothing else: one struct for each kind of letter.

Words that a person wrote (a reason, a note, what to bring) are quoted as they are, in whatever language they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

import msgspec

Kind = Literal[
    "feedback",
    "encouragement",
    "decline",
    "follow_up",
    "session_call",
    "session_off",
    "revision_answer",
    "approval_request",
    "invoice_reminder",
]
Tone = Literal["warm", "brief", "formal"]
Language = Literal["en", "de", "es", "fr", "ja"]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Between whom: `to` as the person is addressed in full, `called` as friends say (else `to`); `sender` signs, for
    the `house`. What is "" is left out, and the draft says that it is missing."""

    to: str = ""
    called: str = ""
    sender: str = ""
    house: str = ""


class DemoFacts(Facts, frozen=True, kw_only=True):
    """For feedback, encouragement and decline.

    `report`: the demo report as `controlroom listen --json` prints it, None where nobody listened yet. `send_by`: until
    when a new version should come; `talk_at` (aware): a call that stands. `reason`: why it is declined, in the words of
    whoever declines.
    """

    title: str
    report: Mapping[str, Any] | None = None
    send_by: date | None = None
    talk_at: datetime | None = None
    reason: str = ""


class FollowUpFacts(Facts, frozen=True, kw_only=True):
    """We wrote about `about` on `since`, and wait for `awaited`, until `answer_by` where that is agreed."""

    about: str
    since: date
    awaited: Literal["answer", "files", "decision"] = "answer"
    answer_by: date | None = None


class ToRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A song of a session and which parts of it are recorded ("lead vocal")."""

    title: str
    parts: tuple[str, ...] = ()


class SessionFacts(Facts, frozen=True, kw_only=True):
    """A call to a session, or (`session_off`) that it is called off. `start` and `end` are aware, in the zone in which
    the reader reads them; `place` is the room or studio. `moved`: they were called to another time before.
    `without_you`: it takes place, but without the reader."""

    start: datetime
    end: datetime
    place: str = ""
    address: str = ""
    songs: tuple[ToRecord, ...] = ()
    bring: tuple[str, ...] = ()
    answer_by: date | None = None
    moved: bool = False
    without_you: bool = False


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A note on a version and what became of it: `says` is what was done, or why it was not."""

    note: str
    done: bool
    says: str = ""
    at_s: float | None = None


class RevisionFacts(Facts, frozen=True, kw_only=True):
    """`version` is the new one ("Mix 3"), `link` where it is heard."""

    title: str
    version: str
    notes: tuple[Answered, ...] = ()
    link: str = ""


class ApprovalFacts(Facts, frozen=True, kw_only=True):
    """`changes` since the version before, one line each; `until` the day by which an answer is needed."""

    title: str
    version: str
    changes: tuple[str, ...] = ()
    until: date | None = None
    link: str = ""


class InvoiceFacts(Facts, frozen=True, kw_only=True):
    """An invoice of `amount_minor` minor units of `currency` (ISO 4217), due on `due`, as it stands on `today`.

    `degree` 1 reminds, 2 insists, 3 is the last before other steps; `pay_by` is the new date.
    """

    number: str
    amount_minor: int
    currency: str
    due: date
    today: date
    degree: Literal[1, 2, 3] = 1
    pay_by: date | None = None

    @property
    def days_overdue(self) -> int:
        return (self.today - self.due).days


FACTS_OF: dict[Kind, type[Facts]] = {
    "feedback": DemoFacts,
    "encouragement": DemoFacts,
    "decline": DemoFacts,
    "follow_up": FollowUpFacts,
    "session_call": SessionFacts,
    "session_off": SessionFacts,
    "revision_answer": RevisionFacts,
    "approval_request": ApprovalFacts,
    "invoice_reminder": InvoiceFacts,
}
