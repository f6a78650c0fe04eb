"""Links for people without an account: what opens, what stays shut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.models import User
from controlroom.desk.guests import actions, tokens
from controlroom.desk.guests.models import GuestLink
from controlroom.desk.people.models import Person
from controlroom.desk.review.models import Approval, Heard, Note
from controlroom.desk.songs import actions as songs
from controlroom.desk.songs.models import Recording, Song
from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio

RATE_HZ = 44100
Make = Callable[..., tuple[GuestLink, str]]
Add = Callable[..., Recording]
pytestmark = pytest.mark.django_db


@pytest.fixture
def song(producer: User) -> Song:
    return songs.create_song(producer.actor, title="Paper Lanterns", artist="Mara Lind", stage="mixing")


@pytest.fixture
def add(producer: User, song: Song, tmp_path: Path) -> Add:
    """A heard version of the song (or of another), a second of a tone long."""

    def make(kind: str = "mix", of: Song | None = None, hz: float = 220.0) -> Recording:
        path = tmp_path / f"{kind}{Recording.objects.count()}.wav"
        wave = 0.1 * np.sin(2 * np.pi * hz * np.arange(RATE_HZ) / RATE_HZ)
        write(path, Audio(wave.astype(np.float32)[None], RATE_HZ), Format("wav", 16))
        recording = songs.arrive(producer.actor, of or song, path, kind=kind, name=path.name)
        Recording.objects.filter(pk=recording.pk).update(
            state="heard",
            rate_hz=RATE_HZ,
            channels=1,
            frames=RATE_HZ,
            samples_sha256="ab" * 32,
            info={"container": "wav"},
        )
        recording.refresh_from_db()
        return recording

    return make


@pytest.fixture
def make(producer: User, song: Song) -> Make:
    """A link to the song, by name, and the path of its address."""

    def made(*rights: str, name: str = "Mara", **more: object) -> tuple[GuestLink, str]:
        about = {} if "song" in more or "recording" in more else {"song": song}
        link, _ = actions.make_link(producer.actor, rights=list(rights), name=name, **about, **more)  # type: ignore[arg-type]
        return link, f"/g/{tokens.token_of(link)}/"

    return made


def test_a_link_opens_the_song_without_an_account(make: Make, add: Add) -> None:
    mix = add()
    link, url = make("listen")
    page = Client().get(url)
    assert page.status_code == 200
    assert f"recordings/{mix.pk}/review/" in page.content.decode()
    link.refresh_from_db()
    assert link.opened_at is not None
    assert Client().get(f"{url}recordings/{mix.pk}/review/").status_code == 200


def test_the_name_is_asked_once(make: Make, add: Add) -> None:
    mix = add()
    link, url = make("listen", name="")
    client = Client()
    assert "Who is listening?" in client.get(url).content.decode()
    assert client.get(f"{url}recordings/{mix.pk}/review/").status_code == 302  # to the door
    assert client.post(url, {"name": "  "}).status_code == 422
    assert client.post(url, {"name": "Ines\n<b>"}).status_code == 302
    link.refresh_from_db()
    assert link.name == "Ines <b>"
    assert "Who is listening?" not in Client().get(url).content.decode()
    assert "<b>" not in Client().get(url).content.decode()


@pytest.mark.parametrize(
    "spoiled", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: "1-abc." + "x" * 43, lambda t: "x"]
)
def test_an_address_that_we_did_not_sign_is_unknown(make: Make, spoiled: Callable[[str], str]) -> None:
    link, _ = make("listen")
    answer = Client().get(f"/g/{spoiled(tokens.token_of(link))}/")
    assert answer.status_code == 404
    assert "leads nowhere" in answer.content.decode()


def test_an_expired_link_says_so(make: Make, add: Add) -> None:
    mix = add()
    link, url = make("listen", "comment", expires_at=timezone.now() + timedelta(hours=1))
    GuestLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    for path in ("", f"recordings/{mix.pk}/review/", f"recordings/{mix.pk}/sound"):
        answer = Client().get(url + path)
        assert answer.status_code == 410
        assert "closed" in answer.content.decode()


def test_revoking_shuts_it_and_can_be_undone(make: Make, producer: User, client_of: Client) -> None:
    link, url = make("listen")
    client_of.post(f"/links/{link.pk}/revoke/")
    assert Client().get(url).status_code == 410
    actions.allow_again(producer.actor, GuestLink.objects.get(pk=link.pk))
    assert Client().get(url).status_code == 200


def test_a_password_is_asked_and_guessing_is_stopped(make: Make, add: Add) -> None:
    mix = add()
    _, url = make("listen", password="tape hiss")
    client = Client()
    assert client.get(f"{url}recordings/{mix.pk}/sound").status_code == 302
    assert "another password" in client.post(url, {"password": "tape"}).content.decode()
    assert client.post(url, {"password": "tape hiss"}).status_code == 302
    assert client.get(f"{url}recordings/{mix.pk}/review/").status_code == 200
    thief = Client()
    for _ in range(8):
        thief.post(url, {"password": "guess"})
    assert "too often" in thief.post(url, {"password": "tape hiss"}).content.decode()


RIGHTS = [
    ("comment", "notes/", {"text": "Drier, please", "at_s": "0.4"}),
    ("approve", "approve/", {"says": "Yes"}),
]


@pytest.mark.parametrize(("right", "path", "said"), RIGHTS)
def test_a_link_allows_what_it_says_and_no_more(
    make: Make,
    add: Add,
    right: str,
    path: str,
    said: dict[str, str],
) -> None:
    mix = add()
    _, without = make("listen")
    _, within = make("listen", right)
    assert Client().post(f"{without}recordings/{mix.pk}/{path}", said).status_code == 403
    assert not Note.objects.exists()
    assert not Approval.objects.exists()
    assert Client().post(f"{within}recordings/{mix.pk}/{path}", said).status_code in (200, 302)
    assert Note.objects.exists() or Approval.objects.get().samples_sha256 == mix.samples_sha256


def test_downloading_needs_its_right_and_references_are_never_handed_on(make: Make, add: Add) -> None:
    mix, reference = add(), add("reference", hz=330.0)
    _, hears = make("listen")
    _, takes = make("listen", "download")
    assert Client().get(f"{hears}recordings/{mix.pk}/download").status_code == 403
    assert Client().get(f"{takes}recordings/{mix.pk}/download").status_code == 200
    assert Client().get(f"{takes}recordings/{reference.pk}/download").status_code == 404


def test_a_guest_reaches_their_own_song_only(make: Make, add: Add, producer: User) -> None:
    other = songs.create_song(producer.actor, title="Somebody Else's")
    theirs, take = add(of=other), add("take", hz=110.0)
    _, url = make("listen", "comment", "approve", "download", "upload")
    for recording in (theirs, take):
        for path in ("review/", "sound", "peaks", "download"):
            assert Client().get(f"{url}recordings/{recording.pk}/{path}").status_code == 404


def test_a_link_to_one_version_shows_no_other(make: Make, add: Add) -> None:
    first, second = add(), add(hz=330.0)
    _, url = make("listen", "comment", recording=first)
    assert Client().get(url)["Location"].endswith(f"recordings/{first.pk}/review/")
    assert Client().get(f"{url}recordings/{second.pk}/sound").status_code == 404
    assert f'data-version="{second.pk}"' not in Client().get(f"{url}recordings/{first.pk}/review/").content.decode()


def test_a_guest_does_not_see_what_the_studio_says_to_itself(make: Make, add: Add, producer: User) -> None:
    from controlroom.desk.review import actions as review

    mix = add()
    review.add_note(producer.actor, mix, text="Between us: retake it", internal=True)
    harsh = review.add_note(producer.actor, mix, text="This is limp", at_s=0.2)
    review.rewrite_for_artist(producer.actor, harsh, "More bite here would lift it")
    _, url = make("listen", "comment")
    page = Client().get(f"{url}recordings/{mix.pk}/review/").content.decode()
    assert "Between us" not in page
    assert "limp" not in page
    assert "More bite here" in page


def test_listens_are_counted_and_shown(make: Make, add: Add, song: Song, client_of: Client) -> None:
    mix = add()
    link, url = make("listen")
    Client().post(f"{url}recordings/{mix.pk}/heard/")
    assert Heard.objects.get().who_key == f"guest:{link.pk}"
    assert "Listened 1 time" in client_of.get(f"/songs/{song.pk}/share/").content.decode()


def test_an_artist_sends_a_take_through_the_link(make: Make, tmp_path: Path, song: Song) -> None:
    path = tmp_path / "lead vocal.wav"
    write(path, Audio(np.full((1, RATE_HZ), 0.1, np.float32), RATE_HZ), Format("wav", 16))
    _, closed = make("listen")
    _, url = make("listen", "upload", name="Ines")
    with path.open("rb") as file:
        assert Client().post(f"{closed}files/", {"file": file}).status_code == 403
    with path.open("rb") as file:
        Client().post(f"{url}files/", {"file": file, "kind": "deliverable"})
    sent = song.recordings.get()
    assert (sent.made_by, sent.kind != "deliverable") == ("Ines", True)


def test_the_demo_box_takes_a_demo_and_shows_nothing(producer: User, song: Song, tmp_path: Path) -> None:
    link, _ = actions.make_link(producer.actor, name="Ines Okafor", rights=["upload", "listen", "download"])
    assert link.rights == ["upload"]
    url = f"/g/{tokens.token_of(link)}/"
    path = tmp_path / "Salt.wav"
    write(path, Audio(np.full((1, RATE_HZ), 0.1, np.float32), RATE_HZ), Format("wav", 16))
    with path.open("rb") as file:
        Client().post(f"{url}files/", {"file": file})
    demo = Recording.objects.get(kind="demo")
    assert demo.song != song
    assert demo.song.stage == "demo"
    page = Client().get(url).content.decode()
    assert "Salt.wav" in page
    assert "Paper Lanterns" not in page


def test_making_links_is_for_those_who_may(
    song: Song, engineer: User, stranger: User, as_user: Callable[[User], Client]
) -> None:
    form = {"rights": ["listen"], "name": "Jo", "days": "7"}
    assert as_user(engineer).post(f"/songs/{song.pk}/share/", form).status_code == 403
    assert as_user(stranger).post(f"/songs/{song.pk}/share/", form).status_code == 404
    assert not GuestLink.objects.exists()


def test_a_link_is_made_on_the_page_and_its_address_shown(song: Song, client_of: Client) -> None:
    answer = client_of.post(f"/songs/{song.pk}/share/", {"rights": ["comment"], "name": "Jo", "days": "7"}, follow=True)
    link = GuestLink.objects.get()
    assert link.rights == ["listen", "comment"]
    assert tokens.address_of(link) in answer.content.decode()
    assert client_of.post(f"/songs/{song.pk}/share/", {"rights": ["own"], "name": "Jo"}).status_code == 422


def test_odd_rights_and_a_past_end_are_refused(producer: User, song: Song) -> None:
    with pytest.raises(UsageError, match="no such right"):
        actions.make_link(producer.actor, song=song, rights=["manage"])
    with pytest.raises(UsageError, match="past"):
        actions.make_link(producer.actor, song=song, rights=["listen"], expires_at=timezone.now())


def test_a_mail_goes_out_as_it_was_written(producer: User, song: Song, client_of: Client) -> None:
    person = Person.objects.create(studio=producer.studio, name="Mara Lind", email="mara@example.org")
    link, address = actions.make_link(producer.actor, song=song, person=person, rights=["listen"])
    assert client_of.post(f"/links/{link.pk}/", {"words": "Dear Mara, listen to the bridge."}).status_code == 302
    (sent,) = mail.outbox
    assert sent.to == ["mara@example.org"]
    assert "listen to the bridge" in sent.body
    assert address in sent.body
    assert "\n" not in sent.subject


def test_no_search_engine_keeps_it(make: Make) -> None:
    _, url = make("listen")
    answer = Client().get(url)
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "same-origin"
