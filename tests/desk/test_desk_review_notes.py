"""Notes: who may say what, where, and to whom it is shown."""

from __future__ import annotations

from typing import Any

import pytest
from desk.review_kit import a_song, a_version
from django.test import Client
from django.urls import reverse

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import Actor, NotAllowed
from controlroom.desk.accounts.models import Studio, User
from controlroom.desk.review import actions
from controlroom.desk.review.models import Note
from controlroom.desk.review.notes import Said
from controlroom.desk.songs.models import Event, Recording

HTMX = {"HX-Request": "true"}


def guest(studio: Studio, *rights: str, key: str = "guest:7", name: str = "Mara") -> Actor:
    return Actor(studio_id=studio.pk, name=name, key=key, rights=frozenset(rights))


def say(client: Client, mix: Recording, text: str = "Drier lead", **fields: Any) -> Any:
    return client.post(f"/recordings/{mix.pk}/notes/", {"text": text, **fields}, headers=HTMX)


def do(client: Client, note: Note, verb: str, on: Recording | None = None, **fields: Any) -> Any:
    address = reverse("review-note", args=[note.pk, verb]) + (f"?on={on.pk}" if on else "")
    return client.post(address, fields, headers=HTMX)


def test_a_note_at_a_time(studio: Studio, client_of: Client) -> None:
    mix = a_version(studio)
    answer = say(client_of, mix, at_s="62.1")
    note = Note.objects.get()
    assert (note.at_s, note.until_s, note.who, note.text) == (62.1, None, "Producer", "Drier lead")
    assert answer.status_code == 200
    assert b"1:02.1" in answer.content
    assert b'id="note-form"' in answer.content, "htmx gets an empty form with the list"


def test_a_note_over_a_range_and_one_on_all_of_it(studio: Studio, client_of: Client) -> None:
    mix = a_version(studio)
    say(client_of, mix, at_s="60", until_s="70.5")
    say(client_of, mix, "Louder")
    assert list(Note.objects.values_list("at_s", "until_s").order_by("pk")) == [(60.0, 70.5), (None, None)]


def test_without_javascript_the_form_leads_back(studio: Studio, client_of: Client) -> None:
    mix = a_version(studio)
    answer = client_of.post(f"/recordings/{mix.pk}/notes/", {"text": "Drier lead"})
    assert answer.status_code == 302
    assert answer["Location"] == f"/recordings/{mix.pk}/review/"


def test_a_note_stands_on_the_version_that_was_playing(studio: Studio, client_of: Client) -> None:
    third, fourth = a_version(studio), a_version(studio)
    answer = say(client_of, fourth, at_s="3", recording=third.pk)
    assert Note.objects.get().recording == third
    assert "Your note stands on Mix 1" in answer["HX-Trigger"]


def test_a_note_cannot_be_slipped_onto_another_song(studio: Studio, client_of: Client) -> None:
    mix, foreign = a_version(studio), a_version(studio, of=a_song(studio, "Another"))
    assert say(client_of, mix, recording=foreign.pk).status_code == 404
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    "place",
    [
        {"at_s": "10", "until_s": "5"},
        {"at_s": "-1"},
        {"at_s": "nan"},
        {"at_s": "inf"},
        {"at_s": "1e999"},
        {"at_s": "500"},
        {"at_s": "10", "until_s": "500"},
        {"until_s": "10"},
        {"at_s": "soon"},
    ],
    ids=str,
)
def test_a_place_that_does_not_exist_is_refused(place: dict[str, str], studio: Studio, client_of: Client) -> None:
    answer = say(client_of, a_version(studio), "Here", **place)
    assert answer.status_code == 422
    assert b'role="alert"' in answer.content
    assert answer["HX-Retarget"] == "#note-form"
    assert b'value="Here"' in answer.content, "what was typed is still there"
    assert not Note.objects.exists()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.1, 300.0])
def test_actions_refuse_such_places_too(value: float, studio: Studio, producer: User) -> None:
    with pytest.raises(UsageError):
        actions.add_note(producer.actor, a_version(studio), text="Here", at_s=value)


def test_a_version_not_heard_yet_takes_no_endless_place(studio: Studio, producer: User) -> None:
    mix = a_version(studio, state="arrived", frames=None)
    assert actions.add_note(producer.actor, mix, text="Here", at_s=60.0).at_s == 60.0
    with pytest.raises(UsageError):
        actions.add_note(producer.actor, mix, text="Here", at_s=1e300)


def test_without_javascript_a_refusal_is_a_page(studio: Studio, client_of: Client) -> None:
    mix = a_version(studio)
    answer = client_of.post(f"/recordings/{mix.pk}/notes/", {"text": "Here", "at_s": "-1"})
    assert answer.status_code == 422
    assert b"it is no time in this version" in answer.content
    assert f'href="/recordings/{mix.pk}/review/"'.encode() in answer.content
    note = actions.add_note(User.objects.get(role="producer").actor, mix, text="Drier")
    words = client_of.post(f"/notes/{note.pk}/reply/", {"text": ""})
    assert words.status_code == 422
    assert b"it is empty" in words.content
    assert b"Drier" in client_of.get(f"/notes/{note.pk}/more/").content


def test_the_very_end_is_a_place(studio: Studio, producer: User) -> None:
    mix = a_version(studio, seconds=10.0)
    assert actions.add_note(producer.actor, mix, text="The tail", at_s=10.3).at_s == 10.0


def test_five_thousand_characters_and_not_one_more(studio: Studio, client_of: Client) -> None:
    mix = a_version(studio)
    assert say(client_of, mix, "ä" * 5000).status_code == 200
    for length in (5001, 20_000):
        refused = say(client_of, mix, "ä" * length)
        assert refused.status_code == 422
    assert Note.objects.count() == 1


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00"])
def test_an_empty_note_is_refused(text: str, studio: Studio, client_of: Client) -> None:
    assert say(client_of, a_version(studio), text).status_code == 422
    assert not Note.objects.exists()


def test_a_reader_may_not_comment(studio: Studio, reader: User, producer: User, as_user: Any) -> None:
    mix = a_version(studio)
    note = actions.add_note(producer.actor, mix, text="Drier")
    client = as_user(reader)
    assert say(client, mix).status_code == 403
    for verb in ("reply", "edit", "delete", "resolve", "rewrite", "more"):
        assert do(client, note, verb, text="Mine").status_code == 403
    page = client.get(f"/recordings/{mix.pk}/review/").content
    assert b"note-form" not in page
    assert Note.objects.get().text == "Drier"


def test_another_studio_cannot_touch_a_note(studio: Studio, producer: User, stranger: User, as_user: Any) -> None:
    note = actions.add_note(producer.actor, a_version(studio), text="Drier")
    for verb in ("reply", "edit", "delete", "restore", "resolve", "reopen", "rewrite", "more"):
        assert do(as_user(stranger), note, verb, text="Mine").status_code == 404


def test_nobody_signed_in_goes_to_the_login(studio: Studio, producer: User) -> None:
    mix = a_version(studio)
    note = actions.add_note(producer.actor, mix, text="Drier")
    assert Client().post(f"/recordings/{mix.pk}/notes/", {"text": "x"}).status_code == 302
    assert say(Client(), mix).status_code == 401
    assert do(Client(), note, "delete").status_code == 401


def test_wrong_methods_and_unknown_verbs(studio: Studio, producer: User, client_of: Client) -> None:
    mix = a_version(studio)
    note = actions.add_note(producer.actor, mix, text="Drier")
    assert client_of.put(f"/recordings/{mix.pk}/notes/").status_code == 405
    for verb in ("delete", "resolve", "restore", "reopen"):
        assert client_of.get(f"/notes/{note.pk}/{verb}/").status_code == 405
    assert do(client_of, note, "explode").status_code == 404
    assert client_of.get(f"/notes/{note.pk}/reply/").status_code == 200


def test_answers_go_one_level_deep(studio: Studio, producer: User, client_of: Client) -> None:
    mix = a_version(studio)
    note = actions.add_note(producer.actor, mix, text="Drier", at_s=3.0)
    do(client_of, note, "reply", text="How dry?")
    reply = Note.objects.get(text="How dry?")
    again = actions.add_note(producer.actor, mix, text="Bone dry", parent=reply)
    assert reply.parent == again.parent == note
    assert reply.at_s is None
    page = client_of.get(f"/recordings/{mix.pk}/review/").content.decode()
    assert page.index("How dry?") < page.index("Bone dry")


def test_an_empty_answer_comes_back(studio: Studio, producer: User, client_of: Client) -> None:
    note = actions.add_note(producer.actor, a_version(studio), text="Drier")
    answer = do(client_of, note, "reply", text=" ")
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == f"#words-{note.pk}"


def test_one_edits_ones_own_note_only(studio: Studio, engineer: User, producer: User, as_user: Any) -> None:
    note = actions.add_note(engineer.actor, a_version(studio), text="Dryer")
    assert do(as_user(producer), note, "edit", text="Wetter").status_code == 403
    assert do(as_user(engineer), note, "edit", text="Drier").status_code == 200
    note.refresh_from_db()
    assert note.text == "Drier"
    assert note.edited_at
    with pytest.raises(NotAllowed):
        actions.edit_note(producer.actor, note, "Wetter")


def test_editing_nothing_leaves_no_trace(studio: Studio, producer: User) -> None:
    note = actions.add_note(producer.actor, a_version(studio), text="Drier")
    assert actions.edit_note(producer.actor, note, "Drier").edited_at is None


def test_a_note_is_taken_away_and_brought_back(studio: Studio, producer: User, client_of: Client) -> None:
    mix = a_version(studio)
    note = actions.add_note(producer.actor, mix, text="Drier")
    answer = do(client_of, note, "delete", mix)
    assert b"Bring it back" in answer.content
    assert b"Drier" not in client_of.get(f"/recordings/{mix.pk}/review/").content
    assert do(client_of, note, "delete", mix).status_code == 200, "the same twice does no harm"
    assert do(client_of, note, "edit", text="x").status_code == 403, "what is gone is not edited"
    do(client_of, note, "restore", mix)
    assert b"Drier" in client_of.get(f"/recordings/{mix.pk}/review/").content


def test_without_javascript_a_note_comes_back_too(studio: Studio, producer: User, client_of: Client) -> None:
    note = actions.add_note(producer.actor, a_version(studio), text="Drier")
    answer = client_of.post(f"/notes/{note.pk}/delete/", follow=True)
    assert f"/notes/{note.pk}/restore/".encode() in answer.content


def test_a_producer_takes_away_anybodys_note_an_engineer_does_not(
    studio: Studio, engineer: User, producer: User, as_user: Any
) -> None:
    mix = a_version(studio)
    theirs = actions.add_note(producer.actor, mix, text="Drier")
    assert do(as_user(engineer), theirs, "delete").status_code == 403
    ours = actions.add_note(engineer.actor, mix, text="Wetter")
    assert do(as_user(producer), ours, "delete").status_code == 200


def test_done_and_open_again(studio: Studio, engineer: User, as_user: Any) -> None:
    third, fourth = a_version(studio), a_version(studio)
    note = actions.add_note(engineer.actor, third, text="Drier")
    client = as_user(engineer)
    do(client, note, "resolve", on=fourth)
    note.refresh_from_db()
    assert (note.done_in, note.resolved_by) == (fourth, "Engineer")
    first_at = note.resolved_at
    actions.resolve(engineer.actor, note, fourth)
    note.refresh_from_db()
    assert note.resolved_at == first_at
    assert b"done in Mix 2" in client.get(f"/recordings/{third.pk}/review/").content
    do(client, note, "reopen", on=fourth)
    note.refresh_from_db()
    assert note.resolved_at is None
    assert note.done_in is None


def test_done_on_its_own_version_is_settled(studio: Studio, producer: User, client_of: Client) -> None:
    mix = a_version(studio)
    note = actions.add_note(producer.actor, mix, text="Drier")
    assert b"settled" in do(client_of, note, "resolve", on=mix).content
    note.refresh_from_db()
    assert note.done_in is None


def test_a_version_of_another_song_did_nothing(studio: Studio, producer: User) -> None:
    note = actions.add_note(producer.actor, a_version(studio), text="Drier")
    with pytest.raises(UsageError):
        actions.resolve(producer.actor, note, a_version(studio, of=a_song(studio, "Another")))


def test_the_timeline_says_it_once_a_day(studio: Studio, producer: User, engineer: User) -> None:
    mix = a_version(studio)
    for place in range(5):
        actions.add_note(producer.actor, mix, text="Drier", at_s=place)
    actions.add_note(engineer.actor, mix, text="Wetter")
    said = Event.objects.filter(kind="said").values_list("says", flat=True)
    assert sorted(said) == ["Engineer left notes on Mix 1", "Producer left notes on Mix 1"]


# What guests see


def shown_to(actor: Actor, mix: Recording) -> list[str]:
    return [each.text for each in Said(actor, [mix]).on(mix)]


def test_a_guest_sees_what_was_rewritten_and_nothing_internal(studio: Studio, producer: User) -> None:
    mix, mara = a_version(studio), guest(studio, "listen", "comment")
    blunt = actions.add_note(producer.actor, mix, text="The singer is flat", at_s=1.0)
    actions.add_note(producer.actor, mix, text="He will never get it", at_s=2.0, internal=True)
    own = actions.add_note(mara, mix, text="I hate this take", at_s=3.0)
    actions.rewrite_for_artist(producer.actor, blunt, "Shall we try the high line once more?")
    actions.rewrite_for_artist(producer.actor, own, "Not this take")
    assert shown_to(mara, mix) == ["Shall we try the high line once more?", "I hate this take"]
    other = guest(studio, "listen", key="guest:8")
    assert shown_to(other, mix) == ["Shall we try the high line once more?", "Not this take"]
    assert shown_to(producer.actor, mix) == ["The singer is flat", "He will never get it", "I hate this take"]


def test_the_producer_sees_both_texts_side_by_side(studio: Studio, producer: User, client_of: Client) -> None:
    note = actions.add_note(producer.actor, a_version(studio), text="The singer is flat")
    actions.rewrite_for_artist(producer.actor, note, "Once more, higher?")
    form = client_of.get(f"/notes/{note.pk}/rewrite/").content
    assert b"The singer is flat" in form
    assert b"Once more, higher?" in form
    do(client_of, note, "rewrite", text="", internal="on")
    note.refresh_from_db()
    assert (note.said_to_artist, note.internal) == ("", True)


def test_an_engineer_does_not_rewrite(studio: Studio, engineer: User, as_user: Any) -> None:
    note = actions.add_note(engineer.actor, a_version(studio), text="Flat")
    assert do(as_user(engineer), note, "rewrite", text="Nice").status_code == 403


def test_answers_to_an_internal_note_are_internal(studio: Studio, producer: User, client_of: Client) -> None:
    note = actions.add_note(producer.actor, a_version(studio), text="Flat", internal=True)
    do(client_of, note, "reply", text="Very")
    assert Note.objects.get(text="Very").internal
    do(client_of, note, "rewrite", text="")
    assert not Note.objects.filter(internal=True).exists(), "let go together"


def test_a_guest_hides_nothing_and_settles_nothing(studio: Studio) -> None:
    mix, mara = a_version(studio), guest(studio, "listen", "comment")
    note = actions.add_note(mara, mix, text="Louder", internal=True)
    assert not note.internal
    with pytest.raises(NotAllowed):
        actions.resolve(mara, note)
    with pytest.raises(NotAllowed):
        actions.add_note(guest(studio, "listen"), mix, text="Louder")


def test_a_note_made_beside_other_versions_stays_out_of_a_link_to_one(studio: Studio, producer: User) -> None:
    third, fourth = a_version(studio), a_version(studio)
    actions.add_note(producer.actor, third, text="Drier")
    assert [each.text for each in Said(producer.actor, [fourth], alone=True).on(fourth)] == []


# Listens


def test_listens_are_counted_once_in_ten_minutes(
    studio: Studio, reader: User, as_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mix, client = a_version(studio), as_user(reader)
    for _ in range(3):
        assert client.post(f"/recordings/{mix.pk}/heard/").status_code == 204
    assert mix.heard.count() == 1
    monkeypatch.setattr(actions, "HEARD_AGAIN_AFTER", actions.timedelta(0))
    client.post(f"/recordings/{mix.pk}/heard/")
    assert mix.heard.count() == 2
    assert client.get(f"/recordings/{mix.pk}/heard/").status_code == 405
    assert b"(2 times)" in client.get(f"/recordings/{mix.pk}/review/").content
