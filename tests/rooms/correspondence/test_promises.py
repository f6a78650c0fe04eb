"""What our letters promise and until when; and what only sounds like a promise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rooms.correspondence.letter_facts import full, kind_of

from controlroom.rooms.correspondence.letters import LANGUAGES, TONES, draft
from controlroom.rooms.correspondence.promises import promises_in

SENT = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)  # a Tuesday
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (date(2026, 11, day) for day in range(3, 9))
NEXT_MONDAY, NEXT_FRIDAY = date(2026, 11, 9), date(2026, 11, 13)
IN_TWO_WEEKS, MONTH_END = date(2026, 11, 17), date(2026, 11, 30)
THE_20TH = date(2026, 11, 20)

PROMISED = [
    ("en", "I'll send the mix by Friday.", FRIDAY),
    ("en", "I’ll send you the mix by Friday", FRIDAY),
    ("en", "We will get back to you tomorrow.", WEDNESDAY),
    ("en", "I'll do it the day after tomorrow.", THURSDAY),
    ("en", "I can have it done today.", TUESDAY),
    ("en", "You'll have the master by the end of the week.", FRIDAY),
    ("en", "You will hear from me this week.", FRIDAY),
    ("en", "I'm going to send it next week.", NEXT_FRIDAY),
    ("en", "I'll listen over the weekend.", SUNDAY),
    ("en", "I will call you on Thursday, 12 November 2026.", date(2026, 11, 12)),
    ("en", "The mix will be ready by November 20th.", THE_20TH),
    ("en", "Expect the stems by 20 November.", THE_20TH),
    ("en", "I'll send it within three days.", FRIDAY),
    ("en", "We'll deliver in two weeks.", IN_TWO_WEEKS),
    ("en", "I'll pay the invoice by the end of the month.", MONTH_END),
    ("en", "By Friday, I'll have it done.", FRIDAY),
    ("en", "I'll have it done by 2026-12-01.", date(2026, 12, 1)),
    ("en", "I'll send it on the 15th.", date(2026, 11, 15)),
    ("en", "I can send it by next Friday.", NEXT_FRIDAY),
    ("en", "We'll send it on Friday next week.", NEXT_FRIDAY),
    ("en", "I'll send it on Tuesday.", date(2026, 11, 10)),
    ("en", "I listened to it today, and I'll send notes by Monday.", NEXT_MONDAY),
    ("en", "The demo is lovely; I'll get back to you with notes by Monday.", NEXT_MONDAY),
    ("en", "I'll send it by 6 January.", date(2027, 1, 6)),
    ("de", "Ich schicke dir den Mix bis Freitag.", FRIDAY),
    ("de", "Bis Freitag hast du den Mix.", FRIDAY),
    ("de", "Ich melde mich morgen.", WEDNESDAY),
    ("de", "Morgen früh rufe ich dich an.", WEDNESDAY),
    ("de", "Übermorgen bekommst du die Spuren.", THURSDAY),
    ("de", "Sie erhalten das Master bis zum 20. November.", THE_20TH),
    ("de", "Sie erhalten das Master bis Freitag, den 20. November 2026.", THE_20TH),
    ("de", "Wir liefern bis 20.11.", THE_20TH),
    ("de", "Wir liefern bis zum 20.11.2026 alles.", THE_20TH),
    ("de", "Nächste Woche schicke ich dir die neue Version.", NEXT_FRIDAY),
    ("de", "Ich werde den Mix bis Ende der Woche fertig machen.", FRIDAY),
    ("de", "Ich höre es mir am Wochenende an.", SUNDAY),
    ("de", "Der Mix ist am Donnerstag fertig.", THURSDAY),
    ("de", "Ich schicke dir, wie besprochen, die Spuren bis Freitag.", FRIDAY),
    ("de", "Du bekommst von mir in zwei Wochen eine Antwort.", IN_TWO_WEEKS),
    ("de", "Ich überweise das bis Ende des Monats.", MONTH_END),
    ("es", "Te enviaré la mezcla antes del viernes.", FRIDAY),
    ("es", "Te la mando mañana.", WEDNESDAY),
    ("es", "Te llamo pasado mañana.", THURSDAY),
    ("es", "Vamos a entregar el máster la semana que viene.", NEXT_FRIDAY),
    ("es", "Tendrás la mezcla para el viernes.", FRIDAY),
    ("es", "Le enviaremos el máster a más tardar el 20 de noviembre.", THE_20TH),
    ("es", "Lo tendré listo el 20 de noviembre.", THE_20TH),
    ("es", "Te contesto esta semana.", FRIDAY),
    ("es", "La mezcla estará lista en dos semanas.", IN_TWO_WEEKS),
    ("es", "Pagaremos la factura antes de fin de mes.", MONTH_END),
    ("fr", "Je t'envoie le mix d'ici vendredi.", FRIDAY),
    ("fr", "Je t’envoie le mix d’ici vendredi.", FRIDAY),
    ("fr", "Je vous enverrai le master avant vendredi.", FRIDAY),
    ("fr", "Tu auras le mix demain.", WEDNESDAY),
    ("fr", "Je te rappelle après-demain.", THURSDAY),
    ("fr", "Nous vous répondrons la semaine prochaine.", NEXT_FRIDAY),
    ("fr", "Je te rappelle demain matin.", WEDNESDAY),
    ("fr", "Le mix sera prêt le 20 novembre.", THE_20TH),
    ("fr", "Je l'enverrai d'ici la fin de la semaine.", FRIDAY),
    ("fr", "On t'enverra ça dans deux semaines.", IN_TWO_WEEKS),
    ("fr", "Nous réglerons la facture d'ici la fin du mois.", MONTH_END),
    ("ja", "金曜日までにミックスをお送りします。", FRIDAY),
    ("ja", "金曜までに送ります。", FRIDAY),
    ("ja", "明日ご連絡いたします。", WEDNESDAY),
    ("ja", "明後日お届けします。", THURSDAY),
    ("ja", "本日中にお返事します。", TUESDAY),
    ("ja", "来週中に修正版をお送りいたします。", NEXT_FRIDAY),
    ("ja", "11月20日までに仕上げます。", THE_20TH),
    ("ja", "2026年11月20日（金）までに納品いたします。", THE_20TH),
    ("ja", "来週の金曜日に納品する予定です。", NEXT_FRIDAY),
    ("ja", "今週中にお返事します。", FRIDAY),
    ("ja", "3日以内に送ります。", FRIDAY),
    ("ja", "二週間以内にお届けします。", IN_TWO_WEEKS),
    ("ja", "月末までにお支払いいたします。", MONTH_END),
    ("en", "Let me get back to you on Monday.", NEXT_MONDAY),
    ("en", "I'll try to get this over to you by the end of the week.", FRIDAY),
    ("en", "You'll have a rough mix in your inbox tomorrow morning.", WEDNESDAY),
    ("en", "I'll get you the contract by Wednesday at the latest.", WEDNESDAY),
    ("en", "Our plan is to have the masters with you by 30 November.", MONTH_END),
    ("en", "I'll be sending the stems over later this week.", FRIDAY),
    ("en", "We'll let you know by Friday whether we can take it on.", FRIDAY),
    ("en", "I promise you'll hear back from me by Monday.", NEXT_MONDAY),
    ("en", "I'm on it and will send you v3 tonight.", TUESDAY),
    ("en", "Will send the mix tomorrow!", WEDNESDAY),
    ("en", "Mix coming your way on Friday.", FRIDAY),
    ("en", "I'll listen to it this weekend and write back.", SUNDAY),
    ("de", "Ich gebe dir bis Montag Bescheid.", NEXT_MONDAY),
    ("de", "Du hörst bis spätestens Freitag von mir.", FRIDAY),
    ("de", "Ich setze mich morgen dran und schicke dir abends den Mix.", WEDNESDAY),
    ("de", "Wir werden Ihnen die Rechnung bis zum 15.12. zusenden.", date(2026, 12, 15)),
    ("de", "Das Master liegt am Montag bei dir.", NEXT_MONDAY),
    ("de", "Bis nächsten Freitag mache ich die Korrekturen.", NEXT_FRIDAY),
    ("de", "Den neuen Mix lade ich dir heute Abend hoch.", TUESDAY),
    ("de", "Ich höre mir dein Demo diese Woche an.", FRIDAY),
    ("de", "Die Stems kommen bis Freitag.", FRIDAY),
    ("es", "Te paso la mezcla el lunes.", NEXT_MONDAY),
    ("es", "Mañana te escribo con mis notas.", WEDNESDAY),
    ("es", "El máster lo tendrás a finales de mes.", MONTH_END),
    ("es", "Te respondo a más tardar el viernes.", FRIDAY),
    ("es", "Escucharé tu maqueta este fin de semana.", SUNDAY),
    ("fr", "Je te donne une réponse lundi.", NEXT_MONDAY),
    ("fr", "Tu auras de mes nouvelles d'ici vendredi.", FRIDAY),
    ("fr", "J'écoute ta maquette ce week-end.", SUNDAY),
    ("fr", "Le master vous parviendra avant le 30 novembre.", MONTH_END),
    ("fr", "On te renvoie le mix corrigé demain.", WEDNESDAY),
    ("ja", "ミックスは金曜日までにお送りできる予定です。", FRIDAY),
    ("ja", "来週月曜日にご返信いたします。", NEXT_MONDAY),
    ("ja", "明日の夜までにアップロードします。", WEDNESDAY),
    ("ja", "週末に聴いて、感想をお送りします。", SUNDAY),
    ("ja", "12月1日までに必ずお返事いたします。", date(2026, 12, 1)),
    ("en", "You'll get an answer from me by Thursday.", THURSDAY),
    ("en", "I should be able to send the edits on Saturday.", SATURDAY),
    ("en", "We're finishing the mix on Thursday and will upload it then.", THURSDAY),
    ("en", "I'll have Tom send you the files tomorrow.", WEDNESDAY),
    ("en", "I owe you an answer and you'll get it this weekend.", SUNDAY),
    ("en", "We can deliver the WAVs by the 20th.", THE_20TH),
    ("en", "I'll reply properly next week.", NEXT_FRIDAY),
    ("en", "The final master will be with you in two weeks.", IN_TWO_WEEKS),
    ("de", "Wir melden uns bis Ende der Woche bei Ihnen.", FRIDAY),
    ("de", "Die Antwort bekommst du morgen.", WEDNESDAY),
    ("de", "Am Donnerstag schicke ich den Vertrag raus.", THURSDAY),
    ("de", "Ich kümmere mich nächste Woche darum.", NEXT_FRIDAY),
    ("de", "Bis zum 30. November überweisen wir den Betrag.", MONTH_END),
    ("es", "Te mandaré las pistas el jueves.", THURSDAY),
    ("es", "Os pasamos el presupuesto mañana.", WEDNESDAY),
    ("es", "Recibirá la factura antes del 30 de noviembre.", MONTH_END),
    ("fr", "Je vous réponds d'ici jeudi.", THURSDAY),
    ("fr", "Nous vous ferons parvenir la facture avant le 30 novembre.", MONTH_END),
    ("fr", "Je vais t'envoyer les pistes demain.", WEDNESDAY),
    ("ja", "木曜日までに修正してお送りします。", THURSDAY),
    ("ja", "来週、改めてご連絡いたします。", NEXT_FRIDAY),
    ("ja", "今月末までにお支払いいたします。", MONTH_END),
]

NOT_PROMISED = [
    ("en", "If you send it by Friday, I'll start."),
    ("en", "I'll start on Monday if you send it by Friday."),
    ("en", "Once you send the stems, I'll mix it by Friday."),
    ("en", "Unless something comes up, the label will send it by Friday."),
    ("en", "I can't send it by Friday."),
    ("en", "I won’t have it tomorrow."),
    ("en", "I'm not going to send it next week."),
    ("en", "Could you send it by Friday?"),
    ("en", "Will you send it by Friday?"),
    ("en", "Can I send it by Friday?"),
    ("en", "Please send it by Friday."),
    ("en", "I'd be glad if you sent it by Friday."),
    ("en", "I'll need your files by Friday."),
    ("en", "I'll be away until Friday."),
    ("en", "I'll be in London on Friday."),
    ("en", "I'll keep the slot until Friday."),
    ("en", "I sent it on Friday."),
    ("en", "She'll send it by Friday."),
    ("en", "You will have to send it by Friday."),
    ("en", "I'll send it soon."),
    ("en", "> I'll send the mix by Friday."),
    ("en", "Thanks for your letter of last Friday; I'll have a look."),
    ("en", "See you on Friday!"),
    ("de", "Wenn du mir die Spuren bis Freitag schickst, fange ich an."),
    ("de", "Sobald du dich meldest, schicke ich dir den Mix bis Freitag."),
    ("de", "Ich kann bis Freitag nicht liefern."),
    ("de", "Bis Freitag schaffe ich das leider nicht."),
    ("de", "Kannst du mir das bis Freitag schicken?"),
    ("de", "Bitte schick mir das bis Freitag, damit ich weitermachen kann."),
    ("de", "Ich brauche die Spuren bis Freitag."),
    ("de", "Ich bin bis Freitag im Urlaub."),
    ("de", "Ich habe dir am Freitag den Mix geschickt."),
    ("de", "Guten Morgen, ich schicke dir den Mix."),
    ("de", "Ich melde mich bald."),
    ("es", "Si me la envías antes del viernes, empezaré."),
    ("es", "No podré enviarla antes del viernes."),
    ("es", "¿Puedes enviarla antes del viernes?"),
    ("es", "Envíame la mezcla antes del viernes, por favor."),
    ("es", "Necesitaré los archivos antes del viernes."),
    ("es", "Estaré fuera hasta el viernes."),
    ("es", "Te envié la mezcla el viernes pasado."),
    ("es", "Te escribiré pronto."),
    ("fr", "Si tu m'envoies les pistes d'ici vendredi, je commencerai."),
    ("fr", "Dès que tu m’envoies les pistes, je te réponds vendredi."),
    ("fr", "Je ne pourrai pas l'envoyer d'ici vendredi."),
    ("fr", "Peux-tu me l'envoyer d'ici vendredi ?"),
    ("fr", "Merci de m'envoyer les pistes d'ici vendredi."),
    ("fr", "J'aurai besoin des pistes d'ici vendredi."),
    ("fr", "Je serai absent jusqu'à vendredi."),
    ("fr", "Je t'ai envoyé le mix vendredi dernier."),
    ("fr", "Je te réponds bientôt."),
    ("ja", "金曜日までに送っていただければ、始めます。"),
    ("ja", "金曜日までには送れません。"),
    ("ja", "金曜日までに送ってください。"),
    ("ja", "金曜日までに送っていただけますか。"),
    ("ja", "金曜日に送りました。"),
    ("ja", "金曜日までお待ちしております。"),
    ("ja", "もし金曜日までに届いたら、確認します。"),
    ("ja", "近いうちにご連絡します。"),
    ("en", "I hope you'll have time on Friday."),
    ("en", "We'll see each other on Friday."),
    ("en", "I'll be happy to hear from you by Friday."),
    ("en", "The session will be on Friday."),
    ("en", "I'll look at it once the holidays are over, probably not before Monday."),
    ("en", "Thanks for sending the demo on Friday, I will listen."),
    ("en", "They'll release it on Friday."),
    ("en", "Release day is Friday and I will be nervous."),
    ("en", "I'll assume you're fine with it unless I hear from you by Friday."),
    ("en", "I wish you could send it tomorrow."),
    ("en", "I will have been waiting two weeks by Friday."),
    ("en", "The label will decide by Friday."),
    ("de", "Ich freue mich auf Freitag."),
    ("de", "Wir sehen uns am Freitag im Studio."),
    ("de", "Melde dich bitte bis Freitag."),
    ("de", "Ich hoffe, du kannst bis Freitag antworten."),
    ("de", "Unser Termin ist am Freitag um 10 Uhr."),
    ("de", "Das Label meldet sich bis Freitag."),
    ("de", "Ich war am Montag krank, sende aber bald mehr."),
    ("de", "Die Rechnung war am Freitag fällig."),
    ("de", "Er schickt mir das bis Freitag."),
    ("es", "Nos vemos el viernes."),
    ("es", "La sesión será el viernes a las 10."),
    ("es", "Ojalá puedas enviarla mañana."),
    ("es", "Ellos enviarán el contrato el viernes."),
    ("es", "Espero tu respuesta antes del viernes."),
    ("fr", "On se voit vendredi."),
    ("fr", "La séance aura lieu vendredi."),
    ("fr", "J'espère que tu pourras l'envoyer demain."),
    ("fr", "Ils enverront le contrat vendredi."),
    ("fr", "Je compte sur ta réponse d'ici vendredi."),
    ("ja", "金曜日にお会いしましょう。"),
    ("ja", "金曜日のセッションを楽しみにしています。"),
    ("ja", "金曜日までにお返事をお待ちしています。"),
    ("ja", "レーベルが金曜日に連絡してくれます。"),
    ("en", "Let me know by Friday."),
    ("en", "You can reach me until Friday."),
    ("en", "I might send it on Friday, but don't count on it."),
    ("en", "I'll be on tour from Friday."),
    ("en", "Did you send it on Friday?"),
    ("en", "We recorded it on Monday and I love it."),
    ("en", "I'll let you send the files tomorrow."),
    ("de", "Sag mir bis Freitag Bescheid."),
    ("de", "Am Freitag bin ich nicht da."),
    ("de", "Ich fahre am Freitag nach Berlin."),
    ("de", "Die Aufnahme ist am Freitag."),
    ("de", "Wir haben am Montag aufgenommen."),
    ("es", "Dime algo antes del viernes."),
    ("es", "El viernes estoy de viaje."),
    ("es", "Grabamos el lunes y quedó genial."),
    ("fr", "Dis-moi ça d'ici vendredi."),
    ("fr", "Vendredi, je suis en studio."),
    ("fr", "Nous avons enregistré lundi."),
    ("ja", "金曜日までにご連絡ください。"),
    ("ja", "金曜日は不在にしております。"),
    ("ja", "月曜日に録音しました。"),
    ("it", "Ti mando il mix entro venerdì."),
]


@pytest.mark.parametrize(("language", "text", "until"), PROMISED)
def test_a_promise_and_its_day_are_read(language, text, until):
    (promise,) = promises_in(text, language, SENT)
    assert promise.until == until
    assert promise.says == text
    assert promise.sent_at == SENT


@pytest.mark.parametrize(("language", "text"), NOT_PROMISED)
def test_what_depends_asks_denies_waits_or_is_over_is_no_promise(language, text):
    assert promises_in(text, language, SENT) == ()


def test_each_promise_of_a_letter_is_found_in_its_order():
    text = """Hi Anna,

thanks for the stems. I'll send the mix by Friday. Could you send the lyrics by Thursday?
If they come later, I'll wait.

- I'll book the room tomorrow
- You'll have the invoice by the end of the month

On Monday Anna wrote:
> I'll send you the lyrics by Wednesday.
"""
    assert [promise.until for promise in promises_in(text, "en", SENT)] == [FRIDAY, WEDNESDAY, MONTH_END]


def test_tomorrow_is_counted_where_we_are():
    late = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)
    (berlin,) = promises_in("I'll send it tomorrow.", "en", late, "Europe/Berlin")
    (lima,) = promises_in("I'll send it tomorrow.", "en", late, "America/Lima")
    assert (berlin.until, lima.until) == (date(2026, 11, 5), date(2026, 11, 4))


def test_the_end_of_the_week_at_a_weekend_is_its_sunday():
    saturday = SENT + timedelta(days=4)
    (promise,) = promises_in("I'll send it by the end of the week.", "en", saturday)
    assert promise.until == SUNDAY


@pytest.mark.parametrize(
    "text", ["I'll send it by 31 February.", "I'll send it by 2026-13-01.", "Ich liefere bis 99.99."]
)
def test_a_day_that_is_none_is_no_promise(text):
    assert promises_in(text, "de" if "Ich" in text else "en", SENT) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_drafts_promise_nothing_for_us(language):
    for name, facts in full(language).items():
        for tone in TONES:
            assert promises_in(draft(kind_of(name), facts, tone=tone, language=language).body, language, SENT) == ()


@settings(max_examples=150, deadline=None)
@given(st.integers(-2000, 3000), st.sampled_from(PROMISED))
def test_a_promise_is_never_due_before_it_was_made(days, row):
    language, text, _ = row
    sent_at = SENT + timedelta(days=days)
    for promise in promises_in(text, language, sent_at):
        assert "2026" in text or promise.until >= sent_at.date()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_any_text_can_be_read(text, language):
    promises_in(text, language, SENT)
