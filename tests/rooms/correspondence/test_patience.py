"""How long somebody waits, who spoke last, and what is overdue: counted, with the clock as an argument."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from controlroom.rooms.correspondence.patience import Exchange, Waiting, patience

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def after(days: float) -> datetime:
    return MONDAY + timedelta(days=days)


def theirs(days: float) -> Exchange:
    return Exchange(at=after(days), ours=False)


def ours(days: float, text: str = "Thanks!", **more: object) -> Exchange:
    return Exchange(at=after(days), ours=True, text=text, **more)


def test_nobody_waits_where_nothing_was_said():
    assert patience("Anna", [], MONDAY) == Waiting(person="Anna")


def test_they_wait_since_their_first_unanswered_letter():
    waiting = patience("Anna", [theirs(0), ours(1), theirs(2), theirs(4)], after(6))
    assert (waiting.since, waiting.days, waiting.who_last) == (after(2), 4, "them")
    assert waiting.says == "Anna has waited 4 days for an answer."
    assert not waiting.overdue


def test_the_order_in_which_events_come_is_no_matter_and_the_future_is_none():
    waiting = patience("Anna", [theirs(4), ours(9), theirs(0), theirs(2), ours(1)], after(6))
    assert (waiting.since, waiting.days) == (after(2), 4)


def test_who_had_our_answer_does_not_wait():
    waiting = patience("Anna", [theirs(0), ours(1)], after(30))
    assert (waiting.since, waiting.days, waiting.who_last, waiting.overdue) == (None, 0, "us", False)
    assert waiting.says == ""


def test_an_answer_is_overdue_after_the_days_allowed():
    assert not patience("Anna", [theirs(0)], after(7)).overdue
    assert patience("Anna", [theirs(0)], after(8)).overdue
    assert patience("Anna", [theirs(0)], after(3), most_days=2).overdue
    assert patience("Anna", [theirs(0)], after(1)).says == "Anna has waited 1 day for an answer."


def test_business_days_leave_out_weekends():
    waiting = patience("Anna", [theirs(0)], after(8), business_days=True)  # Monday to Tuesday of the next week
    assert (waiting.days, waiting.overdue) == (6, False)
    assert patience("Anna", [theirs(4)], after(6), business_days=True).days == 0  # Friday to Sunday


def test_days_begin_where_we_are():
    late = Exchange(at=datetime(2026, 11, 2, 23, 30, tzinfo=UTC), ours=False)
    now = datetime(2026, 11, 3, 0, 30, tzinfo=UTC)
    assert patience("Anna", [late], now).days == 1
    assert patience("Anna", [late], now, time_zone="Europe/Berlin").days == 0


def test_a_promise_keeps_them_waiting_though_we_spoke_last():
    events = [theirs(0), ours(1, "I'll send the mix by Friday.")]
    waiting = patience("Anna", events, after(3), time_zone="Europe/Berlin")
    assert waiting.promised is not None
    assert (waiting.since, waiting.days, waiting.who_last, waiting.overdue) == (after(1), 2, "us", False)
    assert waiting.says == "“I'll send the mix by Friday.” is promised for Friday 6 November 2026."


@pytest.mark.parametrize(("now", "overdue"), [("2026-11-06T22:59:00Z", False), ("2026-11-06T23:00:00Z", True)])
def test_a_promise_is_overdue_when_its_day_is_over_where_we_are(now, overdue):
    events = [ours(1, "Ich schicke dir den Mix bis Freitag.", language="de")]
    waiting = patience("Anna", events, datetime.fromisoformat(now), time_zone="Europe/Berlin")
    assert waiting.overdue is overdue
    assert ("was promised" in waiting.says) is overdue


def test_only_what_delivers_keeps_a_promise():
    promised = ours(1, "I'll send the mix by Friday.")
    assert patience("Anna", [promised, ours(2, "Thanks for the stems!")], after(10)).overdue
    kept = patience("Anna", [promised, ours(3, "Here it is.", delivers=True)], after(10))
    assert (kept.promised, kept.overdue) == (None, False)


def test_what_delivers_may_promise_the_next_thing():
    events = [
        ours(1, "I'll send the mix by Friday."),
        ours(3, "Here it is. The master will be ready by Monday.", delivers=True),
    ]
    waiting = patience("Anna", events, after(4))
    assert waiting.promised is not None
    assert waiting.promised.until.isoformat() == "2026-11-09"


def test_the_promise_that_falls_due_first_is_told():
    waiting = patience("Anna", [ours(0, "I'll send the master next week. I'll send the mix by Friday.")], after(1))
    assert waiting.promised is not None
    assert waiting.promised.until.isoformat() == "2026-11-06"


def test_what_they_promise_is_not_ours():
    assert (
        patience("Anna", [Exchange(at=MONDAY, ours=False, text="I'll send it by Friday.")], after(1)).promised is None
    )


def test_both_are_told_where_they_wrote_again_after_our_promise():
    waiting = patience("Anna", [ours(0, "I'll send the mix by Friday."), theirs(5)], after(7))
    assert waiting.overdue
    assert waiting.says.startswith("Anna has waited 2 days for an answer. “I'll send the mix by Friday.” was promised")
