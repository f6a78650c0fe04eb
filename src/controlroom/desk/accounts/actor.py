"""Who acts. Every write takes an `Actor`: a user, a guest with a link, or the house itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from controlroom.base.errors import ControlroomError

Right = Literal["read", "write", "manage", "invite", "listen", "comment", "approve", "upload", "download"]
RIGHTS: dict[str, frozenset[str]] = {
    "producer": frozenset(["read", "write", "manage", "invite", "listen", "comment", "approve", "upload", "download"]),
    "engineer": frozenset(["read", "write", "listen", "comment", "upload", "download"]),
    "reader": frozenset(["read", "listen", "download"]),
}
"""What each role of a user may do."""

GUEST_RIGHTS: tuple[str, ...] = ("listen", "comment", "approve", "upload", "download")
"""What a guest's link may allow."""


class NotAllowed(ControlroomError):
    """The actor lacks the right for it."""

    exit_code = 3


@dataclass(frozen=True)
class Actor:
    """Who does something, in which studio, and what they may do.

    `key` names them for ever ("user:3", "guest:7", "house"): rows keep it beside the name as it was then.
    """

    studio_id: int
    name: str
    key: str
    rights: frozenset[str] = field(default_factory=frozenset)
    user_id: int | None = None
    person_id: int | None = None

    def may(self, right: str) -> bool:
        return right in self.rights

    def must(self, right: str) -> None:
        """Raises `NotAllowed` where the actor lacks `right`."""
        if right not in self.rights:
            raise NotAllowed(f"{self.name} may not {right} here", "", "Ask the producer for it.")

    @property
    def is_guest(self) -> bool:
        return self.key.startswith("guest:")


def house(studio_id: int) -> Actor:
    """Controlroom itself: what jobs write is written by it."""
    return Actor(studio_id=studio_id, name="Controlroom", key="house", rights=RIGHTS["producer"])
