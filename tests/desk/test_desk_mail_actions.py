"""What people do with mail: say what it is, be done with it, change the rules; patience counted; whose it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from desk.mail_kit import raw
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import NotAllowed
from controlroom.desk.accounts.models import User
from controlroom.desk.mail import actions, circumstances, patience, sorting
from controlroom.desk.mail.models import MailAccount, MailMessage, MailRules, MailThread, Outgoing, Promise
from controlroom.desk.people.models import Person
from controlroom.desk.today.mail_sections import urgent_mail
from controlroom.rooms.correspondence.triage import TodaySession

pytestmark = pytest.mark.django_db

Arrives = Callable[..., MailMessage]
NEWS = "Our new plugin is out: the Velvet Compressor. Read the full story and hear the sound examples on our blog."


@pytest.fixture
def mara(producer: User, song: Any) -> Person:
    Person.objects.filter(name="Mara Lind").update(email="mara@example.org")
    return Person.objects.get(name="Mara Lind")


def test_what_somebody_says_of_a_message_holds_and_is_learnt_at_once(arrives: Arrives, producer: User) -> None:
    """A sender that the rules take for one thing is known for another after a correction; undone, it is forgotten."""
    first = arrives(raw("The Velvet Compressor", NEWS, sender="Pluto <pluto@plugins.example>", List_Id="<pluto>"))
    assert first.kind != "business"
    correction = actions.sort_as(producer.actor, first, "business")
    first.refresh_from_db()
    assert (first.kind, first.sorted_by) == ("business", producer.name)
    second = arrives(raw("The Velvet Compressor 2", NEWS, sender="Pluto <pluto@plugins.example>", List_Id="<pluto>"))
    assert (second.kind, second.sorted_by) == ("business", "learnt")
    assert "business" in " ".join(says for _, says in second.reasons)
    actions.unsort(producer.actor, correction)
    first.refresh_from_db()
    assert first.kind != "business"
    third = arrives(raw("The Velvet Compressor 3", NEWS, sender="Pluto <pluto@plugins.example>", List_Id="<pluto>"))
    assert third.kind == first.kind


def test_what_was_sorted_by_hand_stays_when_all_is_sorted_anew(arrives: Arrives, producer: User) -> None:
    row = arrives(raw("Hello", "Just saying hello."))
    actions.sort_as(producer.actor, row, "urgent")
    sorting.sort_recent(producer.studio_id)
    row.refresh_from_db()
    assert row.urgent


def test_a_rule_of_ones_own_changes_what_is_sorted(arrives: Arrives, producer: User, asked: list[Any]) -> None:
    row = arrives(raw("Biscuits", "The xylophone biscuits are ready."))
    assert not row.urgent
    actions.change_rules(producer.actor, '[words.urgent.en]\nstrong = ["xylophone biscuits"]\n')
    assert asked[-1].name == "mail.sort"
    assert sorting.sort_recent(producer.studio_id) == 1
    row.refresh_from_db()
    assert row.urgent
    assert "xylophone biscuits" in row.reasons[0][1]
    actions.change_rules(producer.actor, "")
    sorting.sort_recent(producer.studio_id)
    row.refresh_from_db()
    assert not row.urgent


def test_rules_that_cannot_be_meant_are_refused_with_their_line(producer: User) -> None:
    with pytest.raises(UsageError, match="line 2"):
        actions.change_rules(producer.actor, "waiting_days = 2\nthis is no rule\n")
    with pytest.raises(UsageError, match="waiting_dayz"):
        actions.change_rules(producer.actor, "waiting_dayz = 2\n")
    assert not MailRules.objects.exists()


def test_what_the_apps_above_know_counts(
    arrives: Arrives, monkeypatch: pytest.MonkeyPatch, mara: Person, producer: User
) -> None:
    now = timezone.now()

    def sessions(studio_id: int, at: Any) -> dict[str, Any]:
        hours = timedelta(hours=3)
        session = TodaySession(
            title="Vocals", start=now + hours, end=now + 2 * hours, people=frozenset(["mara@example.org"])
        )
        return {"sessions": (session,)}

    monkeypatch.setattr(circumstances, "_givers", [sessions])
    row = arrives(raw("Today", "I will be half an hour late, the train stands still.", hours_ago=0.1))
    assert row.urgent
    assert "Vocals" in " ".join(says for _, says in row.reasons)


def test_done_takes_the_conversation_with_it_and_comes_back(arrives: Arrives, producer: User) -> None:
    first = arrives(raw("One", hours_ago=3))
    second = arrives(raw("Re: One", "More.", answers=first.message_id, hours_ago=2))
    actions.done(producer.actor, second)
    assert not MailMessage.objects.filter(done_at=None).exists()
    actions.done(producer.actor, second, is_done=False)
    assert list(MailMessage.objects.filter(done_at=None)) == [second]


def test_mail_is_the_producers(arrives: Arrives, engineer: User, reader: User) -> None:
    row = arrives(raw())
    for user in (engineer, reader):
        for act in (
            lambda actor: actions.sort_as(actor, row, "note"),
            lambda actor: actions.done(actor, row),
            lambda actor: actions.read(actor, [row]),
            lambda actor: actions.change_rules(actor, ""),
        ):
            with pytest.raises(NotAllowed):
                act(user.actor)
        assert urgent_mail(user.actor) is None


def _ours(account: MailAccount, thread: MailThread, mara: Person, days_ago: float, text: str) -> MailMessage:
    """A letter of ours that went out."""
    at = timezone.now() - timedelta(days=days_ago)
    some = MailMessage.objects.filter(thread=thread).first()
    assert some is not None
    row = MailMessage.objects.create(
        studio_id=account.studio_id, account=account, direction="out", message_id=f"{days_ago}@ours", raw=some.raw,
        thread=thread, person=mara, at=at, text=text, done_at=at,
    )  # fmt: skip
    MailThread.objects.filter(pk=thread.pk).update(last_out_at=at)
    patience.keep(thread, row, "en")
    return row


def test_patience_is_counted(arrives: Arrives, account: MailAccount, mara: Person, producer: User) -> None:
    row = arrives(raw("Mix", "Is it ready? I love the song.", hours_ago=24 * 10))
    (waits,) = patience.everybody(producer.studio_id)
    assert (waits.person, waits.message, waits.waiting.days, waits.waiting.overdue) == (mara, row, 10, True)
    section = urgent_mail(producer.actor)
    assert section is not None
    assert "10 days" in " ".join(item.says for item in section.items)
    _ours(account, row.thread, mara, 5, "Thank you, I am on it.")
    assert patience.everybody(producer.studio_id) == []


def test_a_promise_that_is_due_rises_until_it_is_kept(
    arrives: Arrives, account: MailAccount, mara: Person, producer: User
) -> None:
    row = arrives(raw("Mix", "Is it ready?", hours_ago=24 * 10))
    _ours(account, row.thread, mara, 9, "I will send you the new mix tomorrow.")
    promise = Promise.objects.get()
    assert promise.due_on == (timezone.localtime() - timedelta(days=8)).date()
    (waits,) = patience.everybody(producer.studio_id)
    assert waits.waiting.overdue
    assert waits.promise == promise
    actions.keep_promise(producer.actor, promise)
    assert patience.everybody(producer.studio_id) == []


def test_a_letter_that_brings_something_keeps_what_was_promised(
    arrives: Arrives, account: MailAccount, mara: Person, producer: User
) -> None:
    row = arrives(raw("Mix", "Is it ready?", hours_ago=24 * 10))
    _ours(account, row.thread, mara, 9, "I will send you the new mix tomorrow.")
    later = _ours(account, row.thread, mara, 1, "Here it is.")
    assert Promise.objects.filter(kept_at=None).exists()
    later.links = [{"url": "https://example.org/mix", "host": "example.org", "kind": "other"}]
    patience.keep(row.thread, later, "en")
    assert not Promise.objects.filter(kept_at=None).exists()


def test_newsletters_wait_for_nobody(arrives: Arrives, mara: Person, producer: User) -> None:
    arrives(raw("News", NEWS, List_Unsubscribe="<https://example.org/u>", Precedence="bulk", hours_ago=24 * 30))
    assert patience.everybody(producer.studio_id) == []


def test_a_letter_that_came_back_stands_on_the_day_until_it_is_seen(account: MailAccount, producer: User) -> None:
    letter = Outgoing.objects.create(
        studio=account.studio, state="bounced", subject="Your demo", error="It came back: no such user.",
        who="Jo", who_key="user:1",
    )  # fmt: skip
    section = urgent_mail(producer.actor)
    assert section is not None
    assert section.items[0].about == "Your demo"
    actions.seen_failure(producer.actor, letter)
    assert urgent_mail(producer.actor) is None


def test_a_song_is_named_for_the_whole_conversation(arrives: Arrives, producer: User, song: Any) -> None:
    row = arrives(raw("Hello", "About the thing."))
    actions.belongs_to(producer.actor, row.thread, song.pk)
    row.refresh_from_db()
    assert row.song == song
    answer = arrives(raw("Re: Hello", "More.", answers=row.message_id))
    assert answer.song == song
