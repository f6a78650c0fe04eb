"""Songs and people of a message, each with its reason."""

import pytest

from controlroom.rooms.correspondence.message import Address, Attachment, Message
from controlroom.rooms.correspondence.recognise import KnownPerson, KnownSong, people_of, songs_of

LANTERNS = KnownSong(id="s1", title="Paper Lanterns", emails=frozenset({"ana@example.org"}))
HOME = KnownSong(id="s2", title="Home", emails=frozenset({"ana@example.org"}))
OLA = KnownSong(id="s3", title="Olá, Coração")
JAPAN = KnownSong(id="s4", title="夜の灯")
STORM = KnownSong(id="s5", title="Don't Stop")
ALL = (LANTERNS, HOME, OLA, JAPAN, STORM)


def message(text: str = "", subject: str = "", files: tuple[str, ...] = (), email: str = "bo@example.net") -> Message:
    named = tuple(Attachment(part="1.2", name=name, media_type="audio/wav", size=1) for name in files)
    return Message(message_id="m@x", from_=Address(email=email), subject=subject, text=text, attachments=named)


def ids(one: Message, thread: tuple[str, ...] = ()) -> set[str]:
    return {found.id for found in songs_of(one, ALL, thread)}


@pytest.mark.parametrize(
    ("one", "songs"),
    [
        (message("The vocal on paper lanterns is too quiet"), {"s1"}),
        (message("The vocal on PAPER-LANTERNS, please"), {"s1"}),
        (message("newspaper lanterns"), set()),
        (message("paper lanternship"), set()),
        (message(subject="Ola coracao"), {"s3"}),
        (message("夜の灯のミックスを聴きました"), {"s4"}),
        (message("dont stop, don't stop"), {"s5"}),
        (message("I drove home"), set()),
        (message("I drove home", email="Ana+mixes@Example.org"), {"s2"}),
        (message('the bridge of "Home" is long'), {"s2"}),
        (message("der Refrain von „Home“ ist lang"), {"s2"}),
        (message("le pont de « Home » est long"), {"s2"}),
        (message(files=("Paper Lanterns_mix3.wav",)), {"s1"}),
        (message(files=("PaperLanternsMix3.wav",)), {"s1"}),
        (message(files=("03-paper-lanterns-v2.mp3",)), {"s1"}),
        (message(files=("home_v2.wav",)), {"s2"}),
        (message(files=("mixes for home.wav",)), set()),
        (message(files=("Olá_Coração.wav",)), {"s3"}),
        (message("paper lanterns and olá, coração"), {"s1", "s3"}),
    ],
)
def test_songs_are_recognised_by_whole_words(one: Message, songs: set[str]) -> None:
    assert ids(one) == songs


def test_the_conversation_says_it_best() -> None:
    (found,) = songs_of(message("louder"), ALL, ("s1",))
    assert (found.id, found.because) == ("s1", "The conversation is about it.")


def test_every_song_comes_with_its_reason() -> None:
    (by_file,) = songs_of(message(files=("Paper Lanterns_mix3.wav",)), ALL)
    assert by_file.because == "A file is named after it: Paper Lanterns_mix3.wav."
    (by_subject,) = songs_of(message(subject="Re: Paper Lanterns"), ALL)
    assert by_subject.because == 'The subject names it: "Paper Lanterns".'


def test_a_song_without_letters_in_its_title_is_never_recognised() -> None:
    assert songs_of(message("... ???"), (KnownSong(id="s9", title="???"),)) == ()


def test_people_are_recognised_by_address() -> None:
    known = (
        KnownPerson(id="p1", emails=frozenset({"me@example.org"})),
        KnownPerson(id="p2", emails=frozenset({"Ana@example.org", "ana@old.example"})),
        KnownPerson(id="p3", emails=frozenset({"bo@example.net"})),
    )
    one = Message(
        message_id="m@x",
        from_=Address(email="ana+demo@example.org"),
        to=(Address(email="ME@example.org"),),
        cc=(Address(email="x@y.example"),),
    )
    assert [(found.id, found.because) for found in people_of(one, known)] == [
        ("p2", "ana+demo@example.org wrote it."),
        ("p1", "ME@example.org is written to."),
    ]
