"""Where nothing fits: the demand that stands in the way, by name and figure, and that giving it up really helps."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from rooms.scheduling.proposing_problems import Question, hours, house, member, random_question, room, session, span

from controlroom.rooms.scheduling.propose import propose
from controlroom.rooms.scheduling.session import Gear, Relaxation

ANN, TOM = member("ann"), member("tom")


def asked(question: Question) -> tuple[Relaxation, ...]:
    found = propose(*question, most_s=5)
    assert not found.placed
    assert propose(*given_up(question, found.relax), most_s=5).placed
    return found.relax


def given_up(question: Question, relax: tuple[Relaxation, ...]) -> Question:
    """The question with these demands taken back, as coarsely as the values allow."""
    sessions, people, places, pieces = ({one.id: one for one in things} for things in question[:4])  # type: ignore[misc]
    rules = question[4]
    for one in relax:
        match one.demand, one.of:
            case "needed", (id_, person):
                left = tuple(other for other in sessions[id_].needed if other != person)
                sessions[id_] = replace(sessions[id_], needed=left)
            case "person_hours", (_, person):
                people[person] = replace(people[person], hours=())
            case "room_hours", (place,):
                places[place] = replace(places[place], hours=())
            case "room", (id_, place):
                sessions[id_] = replace(sessions[id_], rooms=(*sessions[id_].rooms, place))
            case "window", (id_,):
                sessions[id_] = replace(sessions[id_], windows=())
            case "gear", (piece,):
                pieces[piece] = replace(pieces[piece], count=pieces[piece].count + one.by)
            case "budget", _:
                rules = replace(rules, budget_minor=rules.budget_minor + one.by)
            case "most_h", _:
                rules = replace(rules, most_h=rules.most_h + one.by / 60)
            case "rest", _:
                rules = replace(rules, rest_h=max(rules.rest_h - one.by / 60, 0))
            case "voice", _:
                rules = replace(rules, voice_rest_h=max(rules.voice_rest_h - one.by / 60, 0))
            case "order", (earlier, later):
                after = tuple(id_ for id_ in sessions[later].after if id_ != earlier)
                sessions[later] = replace(sessions[later], after=after, kind="other")
            case "session", (id_,):
                del sessions[id_]
    return [*sessions.values()], [*people.values()], [*places.values()], [*pieces.values()], rules


def test_somebody_needed_is_away_all_days() -> None:
    away = member("tom", busy=(span(0, 0, 23.5), span(1, 0, 23.5)))
    question = [session("vocals", 2, ("ann", "tom"))], [ANN, away], [room()], [], house(2)
    found = propose(*question)
    assert asked(question)[0].says == "hold Vocals without Tom (needed)"
    (stuck,) = found.stuck
    assert stuck.id == "vocals"
    assert stuck.reasons[0].startswith("Tom cannot at all ")
    assert "busy 30 Nov 00:00 to 23:30" in stuck.reasons[0]


def test_a_room_closes_too_early() -> None:
    (one,) = asked(([session("mix", 4, ("ann",))], [ANN], [room("a", 10, 13)], [], house(1)))
    assert (one.demand, one.of, one.by) == ("room_hours", ("a",), 60)
    assert one.says.startswith("open Room A on 30 Nov from ")


def test_hours_of_a_person() -> None:
    late = member("tom", hours=hours(13, 18))
    question = [session("keys", 3, ("tom",), windows=(span(0, 11, 15),))], [late], [room()], [], house(1)
    (one,) = asked(question)
    assert (one.demand, one.of, one.by) == ("person_hours", ("keys", "tom"), 60)
    assert one.says == "let Tom come to Keys on 30 Nov at 12:00, 1 h outside of their hours"


def test_the_voice() -> None:
    singer = member("ann", sings=True)
    takes = [session(id_, 2, ("ann",), kind="vocals") for id_ in ("one", "two")]
    (one,) = asked((takes, [singer], [room("a", 10, 20)], [], house(1)))
    assert (one.demand, one.by) == ("voice", 6 * 60)
    assert one.says.endswith("less than 12 h after " + one.of[1].title() + " (6 h) for Ann's voice")


def test_rest_between_days() -> None:
    late, early = span(0, 19, 23), span(1, 8, 12)
    wanted = [session(id_, 4, ("ann",), windows=(when,)) for id_, when in (("one", late), ("two", early))]
    (one,) = asked((wanted, [ANN], [room("a", 8, 24)], [], house(2)))
    assert (one.demand, one.of, one.by) == ("rest", ("ann", "one", "two"), 60)
    assert one.says == "let Ann have 9 h from One to Two"


def test_money() -> None:
    question = [session("mix", 4, ("ann",))], [ANN], [room(rate_minor=5000)], [], house(1, budget_minor=8_000)
    (one,) = asked(question)
    assert (one.demand, one.by, str(one.day)) == ("budget", 12_000, "2026-11-30")
    assert one.says == "let 30 Nov cost EUR 120.00 more than the budget of a day"


def test_gear_and_most_hours() -> None:
    when = (span(0, 10, 14),)
    drums = [session(id_, 4, (who,), gear=("snare",), windows=when) for id_, who in (("one", "ann"), ("two", "tom"))]
    (one,) = asked((drums, [ANN, TOM], [room("a"), room("b")], [Gear(id="snare", name="Snare kit")], house(1)))
    assert (one.demand, one.of, one.says) == ("gear", ("snare",), "1 more of Snare kit")
    long = [session(id_, 4, ("ann",)) for id_ in ("one", "two")]
    (one,) = asked((long, [ANN], [room()], [], house(1, most_h=7)))
    assert (one.demand, one.by) == ("most_h", 60)


def test_windows_rooms_and_order() -> None:
    taken = room("a", busy=(span(0, 0, 23.5),))
    (one,) = asked(([session("mix", 2, ("ann",), rooms=("a",))], [ANN], [taken, room("b")], [], house(1)))
    assert one.says == "hold Mix in Room B"
    away = member("ann", busy=(span(0, 10, 14),))
    (one,) = asked(([session("mix", 2, ("ann",), windows=(span(0, 11, 13),))], [away], [room()], [], house(1)))
    assert one.says == "let Mix lie outside of its windows, on 30 Nov at 14:00"
    mix = session("mix", 2, ("ann",), kind="mix", songs=("x",), windows=(span(0, 10, 12),))
    keys = session("keys", 2, ("tom",), kind="overdub", songs=("x",), windows=(span(0, 10, 13),))
    (one,) = asked(([mix, keys], [ANN, TOM], [room("a"), room("b")], [], house(1)))
    assert one.demand in ("order", "window")


@pytest.mark.parametrize("seed", range(12))
def test_giving_up_helps_on_random_questions(seed: int) -> None:
    question = random_question(seed, sessions=6, people=2, days=2, slot_min=60)
    found = propose(*question, most_s=5)
    if not found.placed:
        assert propose(*given_up(question, found.relax), most_s=5).placed
