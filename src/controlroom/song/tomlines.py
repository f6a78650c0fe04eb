"""Where in a TOML text each key stands, so that a mistake can be named with its line.

`tomllib` reads the values; this only finds the lines, of a text that `tomllib` has accepted.
"""

from __future__ import annotations

Place = tuple[str | int, ...]


def lines_of(text: str) -> dict[Place, int]:
    """(key, ...) -> line from 1; items of arrays count from 0: ("splits", 1, "share") -> 12."""
    return _Reader(text.replace("\r\n", "\n")).read()


def line_of(lines: dict[Place, int], place: Place) -> int:
    """The line of `place`, or of the nearest thing around it; 0 when nothing of it was found."""
    while place:
        if place in lines:
            return lines[place]
        place = place[:-1]
    return 0


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.line = text, 0, 1
        self.lines: dict[Place, int] = {}
        self.tables: dict[Place, int] = {}

    def read(self) -> dict[Place, int]:
        table: Place = ()
        self.skip()
        while self.at < len(self.text):
            if self.peek() == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip()
        return self.lines

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def step(self, count: int = 1) -> None:
        self.line += self.text.count("\n", self.at, self.at + count)
        self.at += count

    def skip(self, and_commas: bool = False) -> None:
        blanks = " \t\n," if and_commas else " \t\n"
        while self.at < len(self.text):
            if self.peek() == "#":
                end = self.text.find("\n", self.at)
                self.step((end if end >= 0 else len(self.text)) - self.at)
            elif self.peek() in blanks:
                self.step()
            else:
                return

    def header(self) -> Place:
        line, many = self.line, self.text.startswith("[[", self.at)
        self.step(2 if many else 1)
        self.skip()
        place = self.resolved(self.key(), keep_last=many)
        self.skip()
        self.step(2 if many else 1)
        if many:
            self.tables[place] = self.tables.get(place, -1) + 1
            place = (*place, self.tables[place])
        self.note(place, line)
        return place

    def resolved(self, key: Place, keep_last: bool) -> Place:
        """[people.address] below [[people]] means the last of the people."""
        place: Place = ()
        for depth, name in enumerate(key):
            place = (*place, name)
            if place in self.tables and not (keep_last and depth == len(key) - 1):
                place = (*place, self.tables[place])
        return place

    def note(self, place: Place, line: int) -> None:
        for length in range(1, len(place) + 1):
            self.lines.setdefault(place[:length], line)

    def pair(self, table: Place) -> None:
        line = self.line
        place = (*table, *self.key())
        self.note(place, line)
        self.skip()
        self.step()  # =
        self.skip()
        self.value(place)

    def key(self) -> Place:
        names: list[str] = []
        while True:
            self.skip()
            if self.peek() in ('"', "'"):
                names.append(self.string())
            else:
                start = self.at
                while self.peek() and self.peek() not in " \t\n.=]":
                    self.at += 1
                names.append(self.text[start : self.at])
            self.skip()
            if self.peek() != ".":
                return tuple(names)
            self.step()

    def value(self, place: Place) -> None:
        if self.peek() in ('"', "'"):
            self.string()
        elif self.peek() == "[":
            self.array(place)
        elif self.peek() == "{":
            self.inline_table(place)
        else:
            while self.peek() and self.peek() not in ",]}\n#":
                self.step()

    def array(self, place: Place) -> None:
        self.step()
        self.skip(and_commas=True)
        item = 0
        while self.peek() and self.peek() != "]":
            self.note((*place, item), self.line)
            self.value((*place, item))
            item += 1
            self.skip(and_commas=True)
        self.step()

    def inline_table(self, place: Place) -> None:
        self.step()
        self.skip(and_commas=True)
        while self.peek() and self.peek() != "}":
            self.pair(place)
            self.skip(and_commas=True)
        self.step()

    def string(self) -> str:
        quote = self.peek()
        mark = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.step(len(mark))
        start = self.at
        while self.at < len(self.text) and not self.text.startswith(mark, self.at):
            self.step(2 if quote == '"' and self.peek() == "\\" else 1)
        said = self.text[start : self.at]
        self.step(len(mark))
        while len(mark) == 3 and self.peek() == quote:  # """" ends with a quote of the text itself
            self.step()
        return said
