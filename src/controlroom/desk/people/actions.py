"""What is done to people."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.people.models import Person
from controlroom.desk.people.text import many_lines, named, one_line
from controlroom.song import identifiers

CHANGEABLE = ("name", "kind", "email", "phone", "time_zone", "tone", "language", "ipi", "isni", "notes")
IDENTIFIERS = {"ipi": identifiers.ipi, "isni": identifiers.isni}


def person_named(actor: Actor, name: str, kind: str = "artist") -> Person:
    """The person of that name (upper and lower case are the same), made when the studio knows none."""
    name = named(name, "A person's name", 160)
    known = Person.objects.filter(studio_id=actor.studio_id, name__iexact=name).order_by("archived_at", "pk").first()
    return known or add_person(actor, name=name, kind=kind)


def add_person(actor: Actor, *, name: str, **fields: Any) -> Person:
    """Somebody new; `fields` as `change_person` takes them."""
    return change_person(actor, Person(studio_id=actor.studio_id), name=name, **fields)


def change_person(actor: Actor, person: Person, **fields: Any) -> Person:
    """Change what is known of somebody; raises `UsageError` for what a person does not have."""
    actor.must("write")
    for field, value in fields.items():
        if field not in CHANGEABLE:
            raise UsageError(field, "a person has no such field", f"Choose among {', '.join(CHANGEABLE)}.")
        setattr(person, field, _cleaned(field, value))
    person.save()
    return person


def _cleaned(field: str, value: str) -> str:
    if field == "name":
        return named(value, "A person's name", 160)
    if field == "notes":
        return many_lines(value)
    if field in IDENTIFIERS:
        return identifier(field, value)
    if field == "tone":
        return value if value in dict(Person.TONES) else "warm"
    most = Person._meta.get_field(field).max_length
    return one_line(value, most or 200)


def identifier(field: str, value: str) -> str:
    """An IPI or ISNI in its normal form ("" stays ""); raises `UsageError` where it cannot be one."""
    if not value.strip():
        return ""
    number = IDENTIFIERS[field](value)
    if number is None:
        raise UsageError(
            f"The {field.upper()}", f"{one_line(value, 40)} has the wrong length or check digit", "Compare it."
        )
    return number


def archive_person(actor: Actor, person: Person) -> Person:
    """Put somebody away: songs keep their names, lists leave them out."""
    return _put(actor, person, away=True)


def restore_person(actor: Actor, person: Person) -> Person:
    return _put(actor, person, away=False)


def _put(actor: Actor, person: Person, *, away: bool) -> Person:
    actor.must("write")
    if away != (person.archived_at is not None):
        person.archived_at = timezone.now() if away else None
        person.save(update_fields=["archived_at"])
    return person
