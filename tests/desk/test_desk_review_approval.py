"""Approval: bound to the samples, never changed, asked for again."""

from __future__ import annotations

from typing import Any

import pytest
from desk.review_kit import a_song, a_version
from django.conf import settings
from django.test import Client

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import Actor, NotAllowed
from controlroom.desk.accounts.models import Studio, User
from controlroom.desk.people.models import Person
from controlroom.desk.review import actions
from controlroom.desk.review.approving import agreed_on, approvals_of
from controlroom.desk.review.models import Approval, ApprovalRequest
from controlroom.desk.songs.actions import archive_recording
from controlroom.desk.songs.models import Event, Recording


def page(client: Client, recording: Recording) -> str:
    return client.get(f"/recordings/{recording.pk}/review/").content.decode()


def test_an_approval_says_who_when_and_what(studio: Studio, producer: User, client_of: Client) -> None:
    mix = a_version(studio)
    assert "Approve Mix 1" in page(client_of, mix)
    answer = client_of.post(f"/recordings/{mix.pk}/approve/", {"says": "Love it. <b>Go.</b>"})
    assert answer.status_code == 302
    approval = Approval.objects.get()
    assert (approval.samples_sha256, approval.who_key) == (mix.samples_sha256, producer.actor.key)
    assert approval.what.startswith("Mix 1 of Paper Lanterns")
    shown = page(client_of, mix)
    assert "<strong>Producer</strong> approved Mix 1" in shown
    assert "&lt;b&gt;Go.&lt;/b&gt;" in shown
    assert "Approve Mix 1" not in shown
    assert "btn main" not in shown
    assert Event.objects.filter(says="Producer approved Mix 1", kind="decided").count() == 1


def test_a_word_too_long_approves_nothing(studio: Studio, client_of: Client) -> None:
    answer = client_of.post(f"/recordings/{a_version(studio).pk}/approve/", {"says": "x" * 5001})
    assert answer.status_code == 422
    assert not Approval.objects.exists()


def test_approving_twice_is_one_approval(studio: Studio, producer: User) -> None:
    mix = a_version(studio)
    first = actions.approve(producer.actor, mix, "Go")
    again = actions.approve(producer.actor, mix, "Stop")
    assert again == first
    assert Approval.objects.get().says == "Go"


@pytest.mark.parametrize("role", ["engineer", "reader"])
def test_only_who_may_approve_approves(role: str, studio: Studio, make_user: Any, as_user: Any) -> None:
    mix, user = a_version(studio), make_user(role)
    assert as_user(user).post(f"/recordings/{mix.pk}/approve/").status_code == 403
    assert "Approve Mix 1" not in page(as_user(user), mix)
    with pytest.raises(NotAllowed):
        actions.approve(user.actor, mix)
    assert not Approval.objects.exists()


def test_wrong_method_and_nobody_signed_in(studio: Studio, client_of: Client) -> None:
    mix = a_version(studio)
    assert client_of.get(f"/recordings/{mix.pk}/approve/").status_code == 405
    assert Client().post(f"/recordings/{mix.pk}/approve/").status_code == 302
    assert not Approval.objects.exists()


def test_what_was_not_heard_cannot_be_approved(studio: Studio, client_of: Client) -> None:
    mix = a_version(studio, state="arrived", samples_sha256="")
    answer = client_of.post(f"/recordings/{mix.pk}/approve/")
    assert answer.status_code == 422
    assert b"has not been listened to yet" in answer.content


def test_an_approval_is_never_changed_nor_taken_away(studio: Studio, producer: User) -> None:
    approval = actions.approve(producer.actor, a_version(studio))
    approval.says = "I take it back"
    with pytest.raises(TypeError):
        approval.save()
    with pytest.raises(TypeError):
        approval.delete()
    with pytest.raises(TypeError):
        Approval.objects.update(says="I take it back")
    with pytest.raises(TypeError):
        approval.recording.approvals.all().delete()
    assert Approval.objects.get().says == ""


def test_no_admin_offers_to_change_one() -> None:
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_other_samples_under_the_same_name_are_not_approved(studio: Studio, producer: User) -> None:
    mix = a_version(studio)
    actions.approve(producer.actor, mix)
    Recording.objects.filter(pk=mix.pk).update(samples_sha256="f" * 64)
    mix.refresh_from_db()
    assert not agreed_on(producer.actor, mix, approvals_of(mix)).approved


def test_a_later_version_says_it_is_not_approved(studio: Studio, producer: User, client_of: Client) -> None:
    first, third = a_version(studio), a_version(studio)
    actions.approve(Actor(studio.pk, "Mara", "guest:7", frozenset(["approve"])), third)
    fourth, master = a_version(studio), a_version(studio, "master")
    assert "Mix 2 was approved by Mara on" in page(client_of, fourth)
    assert "this one is not" in page(client_of, fourth)
    for other in (first, master):
        assert "was approved by Mara" not in page(client_of, other)
    assert "Approve Mix 3" in page(client_of, fourth)


def test_a_deliverable_is_approved_through_its_master(studio: Studio, producer: User, client_of: Client) -> None:
    master = a_version(studio, "master", made_from="a" * 64)
    sent = a_version(studio, "deliverable", name="final.wav", made_from="a" * 64)
    older = a_version(studio, "deliverable", name="old.wav", made_from="b" * 64)
    outside = a_version(studio, "deliverable", name="theirs.wav", made_from="")
    actions.approve(producer.actor, master)
    assert "as Master 1, which it was delivered from" in page(client_of, sent)
    for other in (older, outside):
        assert not agreed_on(producer.actor, other, approvals_of(other)).approved


def test_what_is_approved_is_kept(studio: Studio, producer: User, client_of: Client) -> None:
    mix, other = a_version(studio), a_version(studio)
    actions.approve(producer.actor, mix)
    with pytest.raises(UsageError, match="what is approved is kept"):
        archive_recording(producer.actor, mix)
    mix.refresh_from_db()
    assert mix.archived_at is None
    assert archive_recording(producer.actor, other).archived_at


def test_somebody_is_asked(studio: Studio, engineer: User, as_user: Any) -> None:
    mix = a_version(studio)
    mara = Person.objects.get(name="Mara Lind")
    client = as_user(engineer)
    assert "Mara Lind" in page(client, mix)
    for _ in range(2):
        assert client.post(f"/recordings/{mix.pk}/ask/", {"of": f"person:{mara.pk}"}).status_code == 302
    assert ApprovalRequest.objects.get().of == "Mara Lind"
    assert "Mara Lind was asked" in page(client, mix)
    assert client.get(f"/recordings/{mix.pk}/ask/").status_code == 405


def test_nobody_unknown_is_asked(studio: Studio, client_of: Client) -> None:
    mix = a_version(studio)
    for whom in ("", "person:999", "user:999"):
        assert client_of.post(f"/recordings/{mix.pk}/ask/", {"of": whom}).status_code == 422
    assert not ApprovalRequest.objects.exists()


def test_a_reader_does_not_ask(studio: Studio, reader: User, as_user: Any) -> None:
    mix = a_version(studio)
    assert as_user(reader).post(f"/recordings/{mix.pk}/ask/", {"of": "user:1"}).status_code == 403


def test_the_answer_closes_the_question_of_that_person_only(studio: Studio, producer: User) -> None:
    mix = a_version(studio)
    mara = Person.objects.get(name="Mara Lind")
    for name, key in (("Mara Lind", f"person:{mara.pk}"), ("Tom", "guest:8"), ("Mara Lind", "guest:9")):
        actions.ask_approval(producer.actor, mix, of=name, of_key=key)
    actions.approve(Actor(studio.pk, "Mara Lind", "guest:7", frozenset(["approve"]), person_id=mara.pk), mix)
    still = ApprovalRequest.objects.filter(closed_at=None).values_list("of_key", flat=True)
    assert sorted(still) == ["guest:8", "guest:9"]


def test_guests_do_not_read_who_else_was_asked(studio: Studio, producer: User) -> None:
    mix = a_version(studio)
    actions.ask_approval(producer.actor, mix, of="Tom", of_key="guest:8")
    mara = Actor(studio.pk, "Mara", "guest:7", frozenset(["approve"]))
    agreed = agreed_on(mara, mix, approvals_of(mix))
    assert agreed.asked == []
    assert agreed.may_approve


def test_another_song_keeps_to_itself(studio: Studio, producer: User) -> None:
    other = a_version(studio, of=a_song(studio, "Another"))
    actions.approve(producer.actor, a_version(studio))
    assert agreed_on(producer.actor, other, approvals_of(other)).before is None
