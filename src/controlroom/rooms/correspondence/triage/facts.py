"""What can be seen of a message beside its words. Each fact has a code, which has its weights in `rules.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from controlroom.rooms.correspondence.triage.scene import Scene

Values = dict[str, str | int | float]

_PAPER_NAME = re.compile(
    r"invoice|rechnung|mahnung|angebot|factura|facture|devis|contrat|contract|contrato|contratto|vertrag|agreement|"
    r"licen[cs]e|lizenz|statement|abrechnung|royalt|split|fattura|fatura|faktura|avtal|quote|estimate|presupuesto|"
    r"liquidaci|relev|releve|décompte|rendiconto|recibo|kvitto|請求|契約|明細|見積|合意|覚書|支払|領収",
    re.IGNORECASE,
)
_PAPER = re.compile(r"\.(pdf|docx?|odt|xlsx?|ods|csv|pages|numbers)$", re.IGNORECASE)
_RUNS = re.compile(r"\.(exe|scr|js|vbs|iso|img|lnk|bat|cmd|html?|shtml|jar|hta|one)$", re.IGNORECASE)
_TIMECODE = re.compile(
    r"(?<![\d:.,])\d{1,2}(?::[0-5]\d(?![\d:])|['′’]\s?[0-5]\d)(?!\s*(?:uhr|h\b|am\b|pm\b|a\.m|p\.m|o'clock))",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\b\d{1,2}(?::\d\d|\.\d\d)?\s*(?:uhr|h\d\d|h\b|am\b|pm\b|a\.m|p\.m|o'clock)|\bkl\.? ?\d{1,2}|\d{1,2}時",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"(?:[€$£¥]|\b(?:EUR|USD|GBP|CHF|JPY|SEK|BRL)\b)\s?\d|"
    r"\d[\d.,' ]{0,15}\s?(?:€|\$|£|円|\b(?:EUR|USD|GBP|CHF|SEK|kr|euros?)\b)"
)
_SHARES = re.compile(
    r"(?<!\d)\d{1,2}(?:[.,]\d+)?\s?(?:%|％|percent\b|per cent\b|prozent\b|por ciento|pour cent|per cento|procent\b|"
    r"パーセント)|"
    r"\b([1-9]\d)\s?(?:/|to|zu|a|à|:|–|-)\s?([1-9]\d)\b(?![:/.\d])",
    re.IGNORECASE,
)
_DATES = re.compile(
    r"\b\d{1,2}(?:st|nd|rd|th|er|:e|:a|º)\b|\b(?:le|el|il|den|am|vom|dia|día|du|del)\s\d{1,2}\b(?![:.,]?\d)|"
    r"\b\d{1,2}\.\s?\d{1,2}\.|\d{1,2}月\d{1,2}日|\d{1,2}日|\bKW\s?\d{1,2}\b|\bweek of\b|\bsemaine du\b|\bWoche vom\b",
    re.IGNORECASE,
)
_CASH = r"(?:€|\$|£|(?:euros?|dollars?|dólares|dollari|pounds|livres|reais|kronor|usd|eur|gbp|sek)\b)"
_MILLION = r"(?:m|mio\.?|millions?|millionen|millones|milhões|milioni|miljoner|miljoen)\b(?: d[ei])?"
_SIX_FIGURES = r"[1-9]\d\d[.,' ]?\d{3}"
_FORTUNE = re.compile(
    rf"\d\s?{_MILLION}\s?{_CASH}|{_CASH}\s?\d[\d.,]{{0,15}}\s?{_MILLION}|"
    rf"{_CASH}\s?{_SIX_FIGURES}|{_SIX_FIGURES}\s?{_CASH}|\d億円|\d千万円",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?\b|"
    r"\b(?:mon|diens|donners|frei|sams|sonn)tag|\bmittwoch|\bsonnabend|"
    r"\b(?:lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|mañana)\b|"
    r"\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain)\b|[月火水木金土日]曜|明日|来週|"
    r"\b(?:luned|marted|mercoled|gioved|venerd)ì|\b(?:sabato|domenica|domani|segunda|terça|quarta|quinta|sexta|amanhã)\b|"
    r"\b(?:mån|tis|ons|tors|fre|lör|sön)dag\b|\b(?:maan|dins|woens|donder|vrij|zater|zon)dag\b",
    re.IGNORECASE,
)
_PRESSES = re.compile(
    r"\b(?:12|24|36|48|72)\s?(?:h\b|hours?|hrs|stunden|horas|heures|ore\b|timmar|時間)", re.IGNORECASE
)
_ANSWERS = re.compile(r"\s*(?:re|aw|sv|rif|r|antw|返信)\s*[:：]", re.IGNORECASE)
_IP_HOST = re.compile(r"\d+\.\d+\.\d+\.\d+")
_METHOD = re.compile(r"^METHOD:(\w+)", re.MULTILINE | re.IGNORECASE)
_SHARED = re.compile(
    r"unsubscribe|abmelden|abbestell|désinscri|desinscri|désabonn|darse de baja|配信停止|cancelar la suscri",
    re.IGNORECASE,
)


_MAYBE = 0.125  # a site of their own, or an archive, may hold music
_BRIEF = 160  # characters
_PUBLISHED = 0.4  # a link to what is out already, which people also send for fun or as a reference


class Fact(NamedTuple):
    """`times` multiplies the weight of the rule."""

    code: str
    values: Values
    times: float = 1.0


def facts_of(scene: Scene) -> Iterator[Fact]:
    """Every fact of a message; which of them speak for what stands in the rules."""
    yield from _sound(scene)
    yield from _thread(scene)
    yield from _calendar(scene)
    yield from _papers(scene)
    yield from _sender(scene)
    yield from _made_for_many(scene)
    yield from _traps(scene)
    yield from _figures(scene)


def _sound(scene: Scene) -> Iterator[Fact]:
    attached, linked = len(scene.audio), len(scene.audio_links)
    if not attached and not linked:
        yield Fact("no_sound", {}, _MAYBE if scene.may_lead_to_sound else 1.0)
        return
    what, count = ("audio_attached", attached) if attached else ("audio_linked", linked)
    out = not attached and all(
        _is_of(link.host, scene.rules.settings.senders["published"]) for link in scene.audio_links
    )
    times = _PUBLISHED if out else 1.0
    if scene.many:
        yield Fact(f"{what}_by_list", {"count": count})
    elif scene.stranger:
        yield Fact(f"{what}_first_contact", {"count": count}, times)
    elif scene.titles:
        yield Fact(f"{what}_known_song", {"count": count, "song": scene.titles[0]}, times)
    elif scene.of_demo:
        yield Fact(f"{what}_again", {"count": count}, times)
    elif scene.letter is not None:
        yield Fact(f"{what}_in_thread", {"count": count}, times)
    else:
        yield Fact(f"{what}_by_known", {"count": count, "name": _name(scene)}, times)


def _thread(scene: Scene) -> Iterator[Fact]:
    if scene.letter is not None:
        code = f"answers_{scene.letter.kind or 'us'}"
        yield Fact(code if code in scene.rules.settings.facts else "answers_us", {})
    elif (scene.message.in_reply_to or _ANSWERS.match(scene.message.subject)) and not scene.many:
        yield Fact("is_reply", {})
    if scene.titles and not scene.many:
        known = scene.person is not None or scene.letter is not None
        above = scene.titles[0].casefold() in scene.message.subject.casefold()
        yield Fact("names_song" if known else "names_song_stranger", {"song": scene.titles[0]}, 1.5 if above else 1.0)


def _calendar(scene: Scene) -> Iterator[Fact]:
    for calendar in scene.message.calendars:
        found = _METHOD.search(calendar)
        method = found[1].upper() if found else "PUBLISH"
        if method in ("REPLY", "COUNTER", "DECLINECOUNTER"):
            yield Fact("calendar_answer", {})
        elif method in ("REQUEST", "CANCEL", "ADD", "REFRESH"):
            yield Fact("calendar_call", {})
        else:
            yield Fact("calendar_enclosed", {})


def _papers(scene: Scene) -> Iterator[Fact]:
    for one in scene.message.attachments:
        if _PAPER.search(one.name) or one.media_type == "application/pdf":
            yield Fact("paper_named" if _PAPER_NAME.search(one.name) else "paper_attached", {"file": one.name})
            return


def _sender(scene: Scene) -> Iterator[Fact]:
    settings = scene.rules.settings
    if scene.own:
        yield Fact("from_us", {})
    elif scene.person is not None:
        yield Fact("known_person", {"name": _name(scene)})
    if scene.wrote_first and not scene.own:
        yield Fact("we_wrote", {"name": _name(scene)})
    local = set(re.split(r"[._+-]", scene.local))
    if local & set(settings.senders["newsletter"]):
        yield Fact("sender_news", {"address": scene.sender})
    elif local & set(settings.senders["business"]):
        yield Fact("sender_business", {"address": scene.sender})
    elif scene.local.replace("-", "").replace("_", "").replace(".", "").startswith(("noreply", "donotreply")):
        yield Fact("sender_machine", {"address": scene.sender})
    for kind in ("newsletter", "business", "junk"):
        if _is_of(scene.domain, settings.senders[f"{kind}_domains"]):
            yield Fact(f"domain_{kind}", {"address": scene.domain})


def _made_for_many(scene: Scene) -> Iterator[Fact]:
    message = scene.message
    if message.bounced:
        yield Fact("bounced", {})
    elif message.automatic:
        yield Fact("automatic_answer" if scene.letter is not None else "automatic", {})
    if message.bulk:
        yield Fact("bulk", {})
    elif _SHARED.search(message.text[-2000:]):
        yield Fact("can_be_left", {})
    if message.to and not scene.many:
        own = scene.circumstances.own
        if own and not any(one.email in own for one in (*message.to, *message.cc)):
            yield Fact("not_to_us", {})


def _traps(scene: Scene) -> Iterator[Fact]:
    """Signs of deceit; none of them counts for people whom we wrote to (`we_wrote` outweighs them)."""
    message, brands = scene.message, scene.rules.settings.senders["brands"]
    said = re.sub(r"[\W_]+", " ", scene.sender_name.lower())
    parts = set(re.split(r"[.-]", scene.domain))
    for brand in brands:
        if f" {brand} " not in f" {said} " and brand.replace(" ", "") not in parts:
            continue
        if not re.search(rf"(?:^|\.){re.escape(brand.replace(' ', ''))}\.[a-z.]{{2,6}}$", scene.domain):
            yield Fact("borrowed_name", {"name": scene.sender_name or scene.domain, "address": scene.domain})
            break
    if scene.stranger and any(link.url.lower().startswith("http:") for link in message.links):
        yield Fact("plain_link", {})
    if any(_IP_HOST.fullmatch(link.host.split(":")[0]) for link in message.links):
        yield Fact("bare_link", {})
    elif any(_odd(link.host, brands) for link in message.links):
        yield Fact("odd_link", {})
    trap = next((one.name for one in message.attachments if _RUNS.search(one.name)), None)
    if trap is not None:
        yield Fact("runs_attached", {"file": trap})
    if message.reply_to and message.from_ and scene.stranger and not scene.many:
        elsewhere = message.reply_to.email.rpartition("@")[2]
        if elsewhere != scene.domain:
            yield Fact("answers_elsewhere", {"address": message.reply_to.email})
    letters = [letter for letter in message.subject if letter.isalpha() and letter.upper() != letter.lower()]
    if len(letters) > 10 and sum(letter.isupper() for letter in letters) > 0.7 * len(letters):
        yield Fact("shouting", {})


def _figures(scene: Scene) -> Iterator[Fact]:
    if not scene.many and any(scene.sender in session.people for session in scene.circumstances.sessions):
        yield Fact("comes_today", {})
    text = f"{scene.message.subject}\n{scene.message.text[:20_000]}"
    places = {found[0] for found in _TIMECODE.finditer(text)}
    if places and (scene.titles or any(hit.group == "note" for hit in scene.hits)):
        yield Fact("names_places", {"count": len(places), "first": min(places)}, min(len(places), 3))
    clocks = {found[0].strip() for found in _CLOCK.finditer(text)}
    if clocks:
        yield Fact("names_hours", {"count": len(clocks), "first": min(clocks)}, min(len(clocks), 2))
    dates = {found[0].strip() for found in _DATES.finditer(text)}
    if dates and not scene.many:
        yield Fact("names_dates", {"count": len(dates), "first": min(dates)}, min(len(dates), 2))
    if _MONEY.search(text):
        paper = any(_PAPER.search(one.name) for one in scene.message.attachments)
        yield Fact("paper_with_amount" if paper else "names_money", {})
        if scene.stranger and not paper and not scene.many:
            yield Fact("names_amount_stranger", {})
    if any(hit.group == "business" for hit in scene.hits) and not scene.message.bulk:
        share = next((one for one in _SHARES.finditer(text) if not one[1] or int(one[1]) + int(one[2]) == 100), None)
        if share:
            yield Fact("names_shares", {"share": share[0].strip()})
    if scene.stranger and (fortune := _FORTUNE.search(text)):
        yield Fact("names_fortune", {"amount": " ".join(fortune[0].split())})
    if scene.stranger and any(one in text.lower() for one in scene.circumstances.own):
        yield Fact("spells_our_address", {})
    if scene.stranger and (hours := _PRESSES.search(text)):
        yield Fact("presses", {"hours": hours[0]})
    brief = not scene.many and not scene.stranger and len(scene.message.text) < _BRIEF
    if brief and (dates or clocks or _DAY.search(text)) and any(hit.group == "scheduling" for hit in scene.hits):
        yield Fact("brief_about_days", {})
    if not scene.many and len(scene.message.text) < 400 and re.search(r"[?？]", scene.message.text):
        yield Fact("asks_briefly", {})


def _odd(host: str, brands: tuple[str, ...]) -> bool:
    """Disguised letters, or a brand inside a longer name: paypal-secure.example."""
    if host.startswith("xn--"):
        return True
    for brand in (brand.replace(" ", "") for brand in brands):
        if brand not in host or host.endswith((f"{brand}.com", f"{brand}.net", f"{brand}.co.jp")):
            continue
        if re.search(rf"(?:^|[.-]){brand}(?:-|\.[a-z]+[.-][a-z]*[a-z-]*\.)", host):
            return True
    return False


def _is_of(domain: str, known: tuple[str, ...]) -> bool:
    return any(domain == one or domain.endswith(f".{one}") for one in known)


def _name(scene: Scene) -> str:
    return (scene.person.name if scene.person else "") or scene.sender_name or scene.sender
