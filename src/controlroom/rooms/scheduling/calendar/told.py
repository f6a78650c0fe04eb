"""What was left out of a calendar, counted: a thousand bad events are one sentence."""

from __future__ import annotations

from controlroom.base.finding import Finding, Value


class Told:
    """One finding for each code: the first gives it its words, all of them its `count`."""

    def __init__(self) -> None:
        self._first: dict[str, dict[str, Value]] = {}
        self._counts: dict[str, int] = {}

    def note(self, code: str, **args: str) -> None:
        """Once more `code`; what it says of this one is kept if it is the first."""
        self._first.setdefault(code, dict(args))
        self._counts[code] = self._counts.get(code, 0) + 1

    def findings(self) -> tuple[Finding, ...]:
        """In the order in which they were first noted."""
        return tuple(
            Finding(code=code, severity="warning", args={"count": self._counts[code], **args})
            for code, args in self._first.items()
        )
