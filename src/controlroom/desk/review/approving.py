"""What has been agreed of a version, and what has not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.accounts.models import User
from controlroom.desk.people.models import Person
from controlroom.desk.review.lineups import in_order
from controlroom.desk.review.models import Approval, ApprovalRequest
from controlroom.desk.songs.models import VERSION_KINDS, Recording


@dataclass(frozen=True)
class Agreed:
    """`approvals` of these very samples; `through`: of what this file was made of; `before`: the newest approval of an
    earlier version of the kind, where this one has none; `asked`: who has not answered yet.
    """

    approvals: Sequence[Approval]
    through: Sequence[Approval] = ()
    before: Approval | None = None
    asked: Sequence[ApprovalRequest] = ()
    may_approve: bool = False

    @property
    def approved(self) -> bool:
        return bool(self.approvals or self.through)


def approvals_of(recording: Recording) -> list[Approval]:
    """All that was approved of the song, newest first."""
    return list(Approval.objects.filter(song_id=recording.song_id).select_related("recording"))


def agreed_on(actor: Actor, recording: Recording, approvals: Sequence[Approval]) -> Agreed:
    """What the page of a version says of its approval; `approvals` are the song's."""
    here = [each for each in approvals if holds_for(each, recording)]
    through = [each for each in approvals if not here and delivered_from(recording, each.recording)]
    before = None if here or through else _before(recording, approvals)
    asked = [] if actor.is_guest else recording.approval_requests.filter(closed_at=None)
    done = any(each.who_key == actor.key for each in here)
    may = actor.may("approve") and not done and recording.state == "heard" and recording.kind in VERSION_KINDS
    return Agreed(here, through, before, list(asked), may)


def holds_for(approval: Approval, recording: Recording) -> bool:
    return approval.recording_id == recording.pk and approval.samples_sha256 == recording.samples_sha256


def delivered_from(recording: Recording, approved: Recording) -> bool:
    """A deliverable bears the key of the master it was written from."""
    made = recording.kind == "deliverable" and bool(recording.made_from)
    return made and recording.made_from == approved.made_from


def _before(recording: Recording, approvals: Sequence[Approval]) -> Approval | None:
    earlier = (
        each
        for each in approvals
        if each.recording != recording
        and each.recording.kind == recording.kind
        and in_order(each.recording, recording)[1] == recording
    )
    return next(earlier, None)


def whom_to_ask(recording: Recording) -> list[tuple[str, str]]:
    """Who may be asked: (key, name) of the artist, the credited and the studio's producers."""
    people = Person.objects.filter(credits__song_id=recording.song_id) | Person.objects.filter(songs=recording.song_id)
    producers = User.objects.filter(studio_id=recording.studio_id, role="producer", is_active=True)
    asked = [(f"person:{each.pk}", each.name) for each in people.distinct().order_by("name")]
    return asked + [(f"user:{each.pk}", each.name) for each in producers.order_by("name")]
