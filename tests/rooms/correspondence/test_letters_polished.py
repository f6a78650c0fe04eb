"""A rewording is used only where it states exactly what the draft states."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rooms.correspondence.letter_facts import full, kind_of

from controlroom.rooms.correspondence.letters import LANGUAGES, TONES, draft, unknown_facts
from controlroom.rooms.correspondence.letters.catalogue import catalogue


def reworded(language: str, name: str, old: str, new: str, tone: str = "warm") -> tuple[str, ...]:
    """What is found when `old` becomes `new` in a letter."""
    facts = full(language)[name]
    made = draft(kind_of(name), facts, tone=tone, language=language)
    body = made.body.replace("\u00a0", " ")
    assert old in body, body
    return unknown_facts(made, body.replace(old, new, 1), facts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_is_its_own_rewording(language):
    for name, facts in full(language).items():
        for tone in TONES:
            made = draft(kind_of(name), facts, tone=tone, language=language)
            assert unknown_facts(made, made.body, facts) == ()
            assert unknown_facts(made, made.body.replace("\u00a0", " ").replace("’", "'"), facts) == ()


HARMLESS = [
    ("en", "feedback", "I’d like to tell you what works", "I’d love to tell you what works"),
    ("en", "feedback", "Thank you for sending “Nachtlicht”.", "Thanks so much for sending “Nachtlicht” over."),
    ("en", "feedback", "16 bars", "sixteen bars"),
    ("en", "decline", "I wish you and the song the very best.", "All the very best to you and the song."),
    ("en", "approval_request", "Have a listen:", "Please take a listen:"),
    ("de", "feedback", "danke, dass du mir „Nachtlicht“ geschickt hast.", "herzlichen Dank für „Nachtlicht“."),
    ("de", "feedback", "16 Takte", "sechzehn Takte"),
    ("de", "decline", "Ich wünsche dir und dem Song", "Dir und dem Song wünsche ich von Herzen"),
    ("es", "feedback", "Gracias por enviarme «Nachtlicht».", "Muchas gracias por mandarme «Nachtlicht»."),
    ("es", "decline", "Te deseo todo lo mejor, a ti y a la canción.", "Todo lo mejor para ti y para la canción."),
    ("fr", "feedback", "Merci de m’avoir envoyé", "Un grand merci de m’avoir envoyé"),
    ("fr", "decline", "Je te souhaite le meilleur, à toi et à la chanson.", "Tout le meilleur à toi et à la chanson."),
    ("ja", "feedback", "を送ってくれて、ありがとうございます。", "を送っていただき、本当にありがとうございます。"),
    ("ja", "decline", "うまくいくことを、心から", "うまくいきますように、心から"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "name", "old", "new"), HARMLESS)
def test_other_words_for_the_same_are_let_through(language, name, old, new):
    assert reworded(language, name, old, new) == ()


WHOLE = {
    "en": """Hi Anna,

Thanks so much for sending me “Nachtlicht”. I've given it a proper listen, and first I want to tell you what
really works.

The chorus truly opens up at 1:12, standing 3.1 LU above the verses. And it sits clearly in B flat minor.

There are three things I'd try.

The chorus arrives at 1:12. I'd try taking out 16 bars at 0:24, which would bring it forward to 0:40. Right now, the
strongest part of the song waits behind bars that repeat what we've already heard. If you need those words, they could
fit into the verse after the first chorus.

The tempo rises from 101 to 109 BPM between 0:12 and 2:30. I'd settle on one before the next take. A slow drift comes
across as energy gained or lost, whether it was intended or not. Record one take to a click at 104 BPM and another
without, and the last chorus will tell you which is better.

I'd also try it 2 semitones lower, in F sharp minor. At the very end of its range, a voice gives away colour just to
reach the note. Sing the last chorus in that key once or twice and you'll know.

If that sounds good to you, send me a new version by Friday, 6 November 2026 and we'll take it from there.

All the best,
Mara Lindt
""",
    "de": """Hallo Anna,

vielen Dank, dass du mir „Nachtlicht“ geschickt hast. Ich habe es mir in Ruhe angehört, und bevor wir über irgendetwas
anderes sprechen, möchte ich dir sagen, was schon trägt.

Der Refrain geht bei 1:12 richtig auf: Er liegt 3,1 LU über den Strophen. Und die Tonart ist klar: b-Moll.

Drei Dinge würde ich ausprobieren.

Der Refrain kommt erst bei 1:12. Ich würde bei 0:24 einmal 16 Takte streichen, dann ist er schon bei 0:40 da. Im Moment
wartet der stärkste Teil des Songs hinter Takten, die wiederholen, was man schon kennt. Falls der Text dort gebraucht
wird, passt er vielleicht in die Strophe nach dem ersten Refrain.

Zwischen 0:12 und 2:30 steigt das Tempo von 101 auf 109 BPM. Ich würde mich vor der nächsten Aufnahme auf eines
festlegen. So ein langsames Wandern hört man als gewonnene oder verlorene Energie, ob es gewollt war oder nicht. Ein
Take zum Klick bei 104 BPM, einer ohne, und der letzte Refrain zeigt, welcher besser ist.

Ich würde es 2 Halbtöne tiefer versuchen, in fis-Moll. Ganz am Rand ihres Umfangs gibt eine Stimme Farbe her, nur um den
Ton zu erreichen. Sing den letzten Refrain in dieser Lage ein- oder zweimal, dann weißt du es.

Wenn du damit etwas anfangen kannst, schick mir bis Freitag, 6. November 2026 eine neue Fassung, und dann sehen wir
gemeinsam weiter.

Liebe Grüße
Mara Lindt
""",
}


@pytest.mark.parametrize("language", WHOLE)
def test_a_whole_letter_may_be_reworded(language):
    """Within paragraphs; where lines are broken is no matter, as long as the paragraphs are."""
    facts = full(language)["feedback"]
    assert unknown_facts(draft("feedback", facts, language=language), WHOLE[language], facts) == ()


# What is turned: (language, letter, what stands there, what the rewording made of it).
ADVERSARIAL = [
    # figures and places, spelled out too
    ("en", "feedback", "at 0:24", "at 0:34"),
    ("en", "feedback", "16 bars", "eighteen bars"),
    ("en", "feedback", "16 bars", "twenty-six bars"),
    ("en", "feedback", "16 bars", "some bars"),
    ("en", "feedback", "2 semitones", "two and a half semitones"),
    ("en", "feedback", "3.1 LU", "3.1 dB"),
    ("en", "feedback", "3.1 LU", "31 LU"),
    ("en", "feedback", "Thank you", "I have listened to it twice. Thank you"),
    ("en", "invoice_reminder_2", "32 days ago", "a month ago"),
    ("en", "invoice_reminder_2", "32 days ago", "over forty days ago"),
    ("de", "feedback", "16 Takte", "achtzehn Takte"),
    ("de", "feedback", "16 Takte", "einundzwanzig Takte"),
    ("de", "feedback", "16 Takte", "ein paar Takte"),
    ("de", "feedback", "2 Halbtöne", "drei Halbtöne"),
    ("de", "feedback", "danke,", "ich habe es zweimal gehört, danke,"),
    ("de", "feedback", "3,1 LU", "31 LU"),
    ("de", "invoice_reminder_2", "32 Tagen", "dreiunddreißig Tagen"),
    ("es", "feedback", "16 compases", "dieciséis o veinte compases"),
    ("es", "feedback", "0:24", "0:42"),
    ("fr", "feedback", "16 mesures", "douze mesures"),
    ("fr", "feedback", "0:24", "0:42"),
    ("ja", "feedback", "16小節", "十八小節"),
    ("ja", "feedback", "0:24", "0:42"),
    # days, dates and times
    ("en", "feedback", "Friday, 6 November 2026", "Thursday, 6 November 2026"),
    ("en", "feedback", "6 November 2026", "7 November 2026"),
    ("en", "feedback", "6 November 2026", "6 December 2026"),
    ("en", "feedback", "by Friday, 6 November 2026", "by tomorrow"),
    ("en", "feedback", "by Friday, 6 November 2026", "soon"),
    ("en", "feedback", "take it from there", "take it from there next week"),
    ("en", "session_call", "10 am", "10 pm"),
    ("de", "feedback", "6. November", "6. Dezember"),
    ("de", "feedback", "Freitag", "Samstag"),
    ("de", "feedback", "wir sehen gemeinsam weiter", "wir sehen übermorgen gemeinsam weiter"),
    ("de", "session_call", "18:30 Uhr", "halb sieben"),
    ("es", "feedback", "viernes", "jueves"),
    ("es", "feedback", "noviembre", "diciembre"),
    ("fr", "feedback", "vendredi", "samedi"),
    ("fr", "feedback", "pour la suite", "demain pour la suite"),
    ("ja", "feedback", "（金）", "（土）"),
    ("ja", "feedback", "その先は", "来週その先は"),
    # money, numbers of invoices, addresses, links
    ("en", "invoice_reminder_1", "€1,250.00", "€1,350.00"),
    ("en", "invoice_reminder_1", "€1,250.00", "$1,250.00"),
    ("en", "invoice_reminder_1", "€1,250.00", "€1,250.00 plus a fee of five euros"),
    ("en", "invoice_reminder_1", "2026-014", "2026-041"),
    ("de", "invoice_reminder_1", "1.250,00 €", "1.250,00 US-Dollar"),
    ("de", "invoice_reminder_1", "1.250,00 €", "tausend Euro"),
    ("es", "invoice_reminder_1", "1.250,00 €", "1.250,00 dólares"),
    ("fr", "invoice_reminder_1", "1 250,00 €", "1 260,00 €"),
    ("fr", "invoice_reminder_1", "1 250,00 €", "250,00 €"),
    ("ja", "invoice_reminder_1", "125,000円", "125,000ドル"),
    ("ja", "invoice_reminder_1", "125,000円", "十二万円"),
    ("en", "approval_request", "https://desk.example.org/a/1", "https://desk.example.net/a/1"),
    ("en", "approval_request", "https://desk.example.org/a/1", "the usual place"),
    ("en", "approval_request", "Have a listen:", "Have a listen, or write to me@example.com:"),
    ("de", "approval_request", "Hör mal rein:", "Hör mal rein (auch auf example.com):"),
    ("en", "session_call", "Hafenstr. 3, 20359 Hamburg", "Hafenstr. 5, 20359 Hamburg"),
    ("en", "session_call", "Hamburg", "Bremen"),
    # names
    ("en", "feedback", "Hi Anna,", "Hi Hannah,"),
    ("en", "feedback", "Thank you", "Peter and I thank you"),
    ("en", "feedback", "Thank you", "Thank you, also from Universal Music,"),
    ("en", "feedback", "Nachtlicht", "Nightlight"),
    ("en", "feedback", "Mara Lindt", "Mara Lind"),
    ("de", "feedback", "danke,", "danke auch von Stefan,"),
    ("de", "feedback", "danke,", "danke auch im Namen der Plattenfirma Edel,"),
    ("es", "feedback", "Gracias por enviarme", "Gracias a Pedro y a ti por enviarme"),
    ("fr", "feedback", "Merci de", "Avec Pierre, merci de"),
    ("ja", "feedback", "ありがとうございます。", "ありがとうございます。田中さんも喜んでいました。"),
    ("ja", "feedback", "ありがとうございます。", "ありがとうございます。エイベックスにも伝えました。"),
    ("ja", "feedback", "花子さん", "洋子さん"),
    # keys and degrees
    ("en", "feedback", "F sharp minor", "F sharp major"),
    ("en", "feedback", "F sharp minor", "G sharp minor"),
    ("en", "feedback", "in F sharp minor", "in another key"),
    ("de", "feedback", "fis-Moll", "fis-Dur"),
    ("de", "feedback", "fis-Moll", "gis-Moll"),
    ("es", "feedback", "fa sostenido menor", "fa sostenido mayor"),
    ("es", "feedback", "fa sostenido menor", "sol sostenido menor"),
    ("fr", "feedback", "fa dièse mineur", "fa dièse majeur"),
    ("fr", "feedback", "fa dièse mineur", "sol dièse mineur"),
    ("ja", "feedback", "F♯マイナー", "F♯メジャー"),
    ("ja", "feedback", "F♯マイナー", "G♯マイナー"),
    # which way
    ("en", "feedback", "lower", "higher"),
    ("en", "feedback", "rises from", "falls from"),
    ("de", "feedback", "tiefer", "höher"),
    ("de", "feedback", "steigt", "fällt"),
    ("es", "feedback", "más abajo", "más arriba"),
    ("es", "feedback", "sube", "baja"),
    ("fr", "feedback", "plus bas", "plus haut"),
    ("fr", "feedback", "monte", "descend"),
    ("ja", "feedback", "下げて", "上げて"),
    # what was denied, and what depends on something
    ("en", "decline", "I’m not going to take it on", "I’m going to take it on"),
    ("de", "decline", "werde ich es nicht übernehmen", "werde ich es übernehmen"),
    ("es", "decline", "no voy a encargarme", "voy a encargarme"),
    ("fr", "decline", "je ne vais pas m’en charger", "je vais m’en charger"),
    ("ja", "decline", "お引き受けしないことにしました", "お引き受けすることにしました"),
    ("en", "invoice_reminder_2", "I haven’t received it yet", "I have received it"),
    ("en", "approval_request", "If you’re happy with it, just say yes", "Just say yes"),
    ("de", "invoice_reminder_3", "2026 nicht da ist", "2026 da ist"),
    # what was promised
    ("en", "decline", "I wish you", "I’ll send it to a friend who releases such songs. I wish you"),
    ("de", "decline", "Ich wünsche dir", "Ich leite es gern an ein Label weiter. Ich wünsche dir"),
    ("es", "decline", "Te deseo", "Te llamaré. Te deseo"),
    ("fr", "decline", "Je te souhaite", "Je t’appellerai. Je te souhaite"),
    ("ja", "decline", "この曲がうまく", "また連絡します。この曲がうまく"),
    # somebody's own words
    ("en", "revision_answer", "too dry beside the piano", "too wet beside the piano"),
    ("en", "revision_answer", "vocal louder", "vocal softer"),
    ("fr", "approval_request", "vocal +1 dB", "vocal +2 dB"),
    ("fr", "approval_request", "vocal +1 dB", "vocal −1 dB"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "name", "old", "new"), ADVERSARIAL)
def test_a_fact_that_is_added_dropped_or_turned_round_is_found(language, name, old, new):
    assert reworded(language, name, old, new)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tone", TONES)
def test_no_line_may_be_dropped_doubled_or_moved(language, tone):
    facts = full(language)["feedback"]
    made = draft("feedback", facts, tone=tone, language=language)
    lines = made.body.split("\n")
    told = [k for k, line in enumerate(lines) if "0:24" in line or "2:30" in line]
    first, second = told[:2]
    dropped = [line for k, line in enumerate(lines) if k != first]
    doubled = [*lines[:first], lines[first], *lines[first:]]
    moved = list(lines)
    moved[first], moved[second] = lines[second], lines[first]
    for changed in (dropped, doubled, moved):
        assert unknown_facts(made, "\n".join(changed), facts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reason_cannot_be_left_out_nor_a_claim_be_added(language):
    facts = full(language)["feedback"]
    made = draft("feedback", facts, language=language)
    words = catalogue(language).table["advice"]["late_chorus"]
    shorter = made.body.replace(words["why"], "").replace(words["next"], "")
    claim = "この曲は世界中の人に愛されるはずです。" if language == "ja" else "la la la la la la la la la la la la "
    assert unknown_facts(made, shorter, facts)
    assert unknown_facts(made, made.body.replace(words["why"], f"{words['why']} {claim * 5}"), facts)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_figure_of_any_letter_can_be_changed(data):
    language = data.draw(st.sampled_from(LANGUAGES))
    name = data.draw(st.sampled_from(sorted(full(language))))
    facts = full(language)[name]
    made = draft(kind_of(name), facts, tone=data.draw(st.sampled_from(TONES)), language=language)
    places = [k for k, letter in enumerate(made.body) if letter.isdigit()]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    figure = data.draw(st.sampled_from([each for each in "0123456789" if each != made.body[place]]))
    assert unknown_facts(made, made.body[:place] + figure + made.body[place + 1 :], facts)


def test_done_and_not_done_cannot_be_exchanged():
    facts = full()["revision_answer"]
    made = draft("revision_answer", facts, tone="brief")
    turned = made.body.replace("Not done", "*").replace("Done", "Not done").replace("*", "Done")
    assert unknown_facts(made, turned, facts)


def test_an_empty_answer_or_another_letter_is_no_rewording():
    facts = full()["feedback"]
    made = draft("feedback", facts)
    assert unknown_facts(made, "", facts)
    assert unknown_facts(made, draft("feedback", facts, language="de").body, facts)
    assert unknown_facts(made, f"Sure! Here is the letter:\n\n{made.body}", facts)


def test_what_is_found_is_said_in_words_for_a_person():
    found = reworded("en", "feedback", "16 bars", "17 bars")
    assert found == ("line 5: new: 17", "line 5: gone: 16")
