"""What stands on the page of the day. A room adds a section by declaring a function here, and nothing else:

    @provider(order=20, column="wide")
    def demos(actor: Actor) -> Section | None: ...

None leaves the section out. A section's items are few: the page shows the day, not everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from controlroom.desk.accounts.actor import Actor

Column = Literal["wide", "narrow"]
MOST_ITEMS = 8


@dataclass(frozen=True)
class Item:
    """One line: `lead` is the figure before it (how long, when), `says` a sentence, `do` the word on its button.

    `rank`: 0 is the most wanted; the first urgent item has the page's one filled button.
    """

    title: str
    says: str
    url: str
    do: str = "Open"
    lead: str = ""
    about: str = ""
    chip: str = ""
    chip_kind: str = ""
    rank: float = 1.0


@dataclass(frozen=True)
class Section:
    """A panel of the day. `empty` is the sentence shown when it has no items; `more` counts those not shown."""

    name: str
    title: str
    items: tuple[Item, ...] = ()
    chip: str = ""
    empty: str = ""
    url: str = ""
    template: str = "today/section.html"
    more: int = 0
    column: Column = "wide"


Provider = Callable[[Actor], Section | None]
_providers: list[tuple[int, Provider]] = []


def provider(order: int) -> Callable[[Provider], Provider]:
    """Declare a function as a section of the day, in the order of the page."""

    def declare(give: Provider) -> Provider:
        _providers.append((order, give))
        _providers.sort(key=lambda each: each[0])
        return give

    return declare


def sections(actor: Actor) -> list[Section]:
    """The sections of this actor's day."""
    return [section for _, give in _providers if (section := give(actor)) is not None]
