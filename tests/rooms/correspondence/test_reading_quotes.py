"""What they wrote, apart from what they repeat, in many languages; and the links in it."""

import pytest

from controlroom.rooms.correspondence.reading import links_in
from controlroom.rooms.correspondence.reading.links import link_of
from controlroom.rooms.correspondence.reading.quotes import parted

ATTRIBUTIONS = [
    "On Tue, 3 Nov 2026 at 10:12, Ana Ruiz <ana@example.org> wrote:",
    "On Tue, 3 Nov 2026 at 10:12, Ana Ruiz\n<ana@example.org> wrote:",
    "On 3 November 2026, Ana\nRuiz with a long name\n<ana@example.org>\nwrote:",
    "Am Di., 3. Nov. 2026 um 10:12 Uhr schrieb Ana Ruiz <ana@example.org>:",
    "Am 03.11.2026 um 10:12 schrieb Ana Ruiz:",
    "El mar, 3 nov 2026 a las 10:12, Ana Ruiz (<ana@example.org>) escribió:",
    "Le mar. 3 nov. 2026 à 10:12, Ana Ruiz <ana@example.org> a écrit :",
    "Il giorno mar 3 nov 2026 alle ore 10:12 Ana Ruiz <ana@example.org> ha scritto:",
    "Em ter., 3 de nov. de 2026 às 10:12, Ana Ruiz <ana@example.org> escreveu:",
    "Op di 3 nov 2026 om 10:12 schreef Ana Ruiz <ana@example.org>:",
    "2026年11月3日(火) 10:12 Ana Ruiz <ana@example.org>:",
    "2026年11月3日 10:12、Ana Ruiz <ana@example.org>のメール:",
    "Ana Ruiz <ana@example.org> 于2026年11月3日周二 10:12写道：",
    "вт, 3 нояб. 2026 г. в 10:12, Ana Ruiz <ana@example.org> пишет:",
]
BLOCKS = [
    "-----Original Message-----\nFrom: Ana Ruiz\nSent: Tuesday\n\nHow is it?",
    "-----Ursprüngliche Nachricht-----\nVon: Ana\n\nWie ist es?",
    "________________________________\nFrom: Ana Ruiz <ana@example.org>\nSent: Tuesday\nTo: Me\n\nHow is it?",
    "From: Ana Ruiz <ana@example.org>\nSent: Tuesday, 3 November 2026 10:12\nTo: Me\nSubject: x\n\nHow is it?",
    "Von: Ana Ruiz\nGesendet: Dienstag, 3. November 2026\nAn: Ich\nBetreff: x\n\nWie ist es?",
    "De : Ana Ruiz\nEnvoyé : mardi 3 novembre 2026\nÀ : Moi\nObjet : x\n\nÇa va ?",
    "De: Ana Ruiz\nEnviado el: martes\nPara: Mí\nAsunto: x\n\n¿Qué tal?",
    "差出人: Ana Ruiz\n送信日時: 2026年11月3日\n宛先: 私\n件名: x\n\nどうですか",
    "-- \nAna Ruiz\nSinger",
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("mark", ["> ", ">", ""])
def test_an_answer_above_what_it_answers(attribution: str, mark: str) -> None:
    quoted = "\n".join(mark + line for line in ("How is it?", "Tell me."))
    own, rest = parted(f"Louder, please.\n\nThanks\n\n{attribution}\n{quoted}\n")
    assert own == "Louder, please.\n\nThanks"
    assert "How is it?" in rest
    assert attribution.split()[0] in rest


@pytest.mark.parametrize("block", BLOCKS)
def test_blocks_and_signatures_end_what_they_wrote(block: str) -> None:
    own, rest = parted(f"Louder, please.\n\n{block}\n")
    assert (own, rest) == ("Louder, please.", block.replace("-- ", "--"))


def test_answers_between_the_lines_are_theirs() -> None:
    attribution = "On Tue, 3 Nov 2026, Me <me@example.org> wrote:"
    text = f"{attribution}\n> Is the vocal loud enough?\nNo, up a little.\n> And the end?\nCut it."
    own, rest = parted(text)
    assert own == "No, up a little.\nCut it."
    assert "> And the end?" in rest


@pytest.mark.parametrize(
    "text",
    [
        "I wrote:\nfour songs.",
        "On the second verse I wrote:\nla la la",
        "From: the bridge on, louder.\nNothing else.",
        "---------- Forwarded message ---------\nFrom: Bo <bo@example.org>\nDate: Tue\n\nListen to this",
        "Listen to this one.\n\nBegin forwarded message:\n\n> From: Bo <bo@example.org>\n> Date: Tue\n>\n> My song",
        "> only quoted",
        "",
    ],
)
def test_what_only_looks_quoted_stays(text: str) -> None:
    assert parted(text) == (text, "")


@pytest.mark.parametrize(
    ("text", "url", "kind"),
    [
        ("listen: https://example.org/a/song.mp3.", "https://example.org/a/song.mp3", "audio"),
        ("(https://example.org/take_(2).wav)", "https://example.org/take_(2).wav", "audio"),
        ("https://www.dropbox.com/s/abc/x.wav?dl=0, ok?", "https://www.dropbox.com/s/abc/x.wav?dl=0", "dropbox"),
        ("https://drive.google.com/file/d/1/view!", "https://drive.google.com/file/d/1/view", "drive"),
        ("we.tl/t-AbC123", "https://we.tl/t-AbC123", "wetransfer"),
        ("<https://soundcloud.com/a/b>", "https://soundcloud.com/a/b", "streaming"),
        ("www.youtube.com/watch?v=1", "https://www.youtube.com/watch?v=1", "streaming"),
        ("聴いてください。https://example.org/デモ.wav。よろしく", "https://example.org/デモ.wav", "audio"),
        ("HTTPS://EXAMPLE.org/A", "https://EXAMPLE.org/A", "other"),
        ("https://dropbox.com@evil.example/x", "https://dropbox.com@evil.example/x", "other"),
        ("https://evil.example\\@dropbox.com/x", "https://evil.example\\@dropbox.com/x", "other"),
        ("https://example.org:8443/a%2Ewav", "https://example.org:8443/a%2Ewav", "audio"),
        ("https://notdropbox.com/x", "https://notdropbox.com/x", "other"),
        ("https://www.google.com/url?q=https://we.tl/t-1&sa=D", "https://we.tl/t-1", "wetransfer"),
        ("https://urldefense.com/v3/__https://we.tl/t-1__;!!abc", "https://we.tl/t-1", "wetransfer"),
        ("https://urldefense.proofpoint.com/v2/url?u=https-3A__we.tl_t-2D1&d=x", "https://we.tl/t-1", "wetransfer"),
    ],
)
def test_links_are_found_and_told_apart(text: str, url: str, kind: str) -> None:
    assert [(one.url, one.kind) for one in links_in(text)] == [(url, kind)]


def test_links_count_once_and_not_where_they_are_only_repeated() -> None:
    html = '<a href="https://a.example/1">x</a><a href="https://b.example/2?x=1&amp;y=2">y</a>'
    found = links_in("see https://a.example/1", html, "> https://c.example/3")
    assert [one.url for one in found] == ["https://a.example/1", "https://b.example/2?x=1&y=2"]
    assert links_in("fine", '<a href="https://c.example/3">x</a>', "> https://c.example/3") == ()


@pytest.mark.parametrize(
    "url", ["ftp://example.org/a.wav", "javascript:alert(1)", "https://[::1", "https://localhost/", "http://"]
)
def test_what_is_no_web_address_is_no_link(url: str) -> None:
    assert link_of(url) is None


def test_addresses_of_people_are_no_links() -> None:
    assert links_in("write to ana@dropbox.com or x@www.example.org") == ()
