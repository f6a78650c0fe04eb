"""What somebody wrote, apart from what they repeat: attributions, quoted lines, Outlook's blocks, signatures."""

from __future__ import annotations

import re

_MOST_LINES = 20_000

# "On Tue, 3 Nov 2026 at 10:12, Ana <ana@example.org> wrote:" in the languages that mail programs speak.
_ATTRIBUTION = re.compile(
    r"^\W{0,3}(?:"
    r"on\b.{4,300}\bwrote|am\b.{4,300}\bschrieb\b.{0,120}|\d.{4,200}\bschrieb\b.{0,120}|el\b.{4,300}\bescribi[óo]"
    r"|le\b.{4,300}\ba écrit|il\b.{4,300}\bha scritto|em\b.{4,300}\bescreveu|op\b.{4,300}\bschreef\b.{0,120}"
    r"|den\b.{4,300}\bskrev\b.{0,120}|w dniu\b.{4,300}\bnapisał\(?a?\)?|.{4,300}\bпишет|.{4,300}\bнаписал\(?а?\)?"
    r"|\d{4}年.{2,200}(?:のメール|写道|作成|書きました|書いた)?|.{2,200}(?:さんは?書きました|さんが書きました|写道|wrote)"
    r"|在.{4,200}写道"
    r")\s?[:：]\s*$",
    re.IGNORECASE | re.DOTALL,
)
_ORIGINAL = re.compile(
    r"^[\s>]*[-_–—]{2,}\s*(?:original message|ursprüngliche nachricht|originalnachricht|mensaje original"
    r"|message d'origine|message original|messaggio originale|mensagem original|oorspronkelijk bericht"
    r"|original-nachricht|元のメッセージ|原始邮件|original appointment|reply message)\s*[-_–—]{2,}\s*$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^\s*(?:-{4,}\s*(?:forwarded message|weitergeleitete nachricht|mensaje reenviado|message transféré"
    r"|messaggio inoltrato|mensagem encaminhada|転送メッセージ|转发邮件|转发的邮件)|begin forwarded message\s*:)",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*[_\-]{20,}\s*$")
_FROM = re.compile(
    r"^\W{0,3}(?:from|von|de|da|van|från|fra|od|от|差出人|发件人|寄件者|보낸 사람)\W{0,3}[:：]\s*\S", re.IGNORECASE
)
_SENT = re.compile(
    r"^\W{0,3}(?:sent|date|gesendet|datum|enviado(?: el)?|fecha|envoyé|inviato|data|verzonden|skickat|sendt|wysłano"
    r"|отправлено|дата|送信日時|日付|发送时间|日期)\W{0,3}[:：]\s*\S",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"^-- ?$")
_PHONE = re.compile(
    r"^\W{0,3}(?:sent from my \w+.{0,40}|von meinem \S+ gesendet.{0,20}|enviado desde mi \w+.{0,20}"
    r"|envoyé (?:de|depuis) mon \w+.{0,20}|inviato da (?:mio )?\w+.{0,20}|iphoneから送信"
    r"|get outlook for \w+.{0,60})\W{0,3}$",
    re.IGNORECASE,
)


def parted(text: str) -> tuple[str, str]:
    """(what they wrote, what they repeat and sign with). A message that only repeats (a forwarded one) stays whole."""
    lines = text.split("\n")
    own: list[str] = []
    rest: list[str] = []
    at = 0
    while at < len(lines):
        if _FORWARDED.match(lines[at]):  # what is handed on is what they want read
            own += lines[at:]
            break
        length = _attribution_at(lines, at) if at < _MOST_LINES else 0
        if length:
            rest += lines[at : at + length]
            at += length
            if not _quotes_follow(lines, at):
                rest += lines[at:]
                break
        elif at < _MOST_LINES and _rest_is_quoted(lines, at):
            rest += lines[at:]
            break
        else:
            (rest if lines[at].lstrip().startswith(">") else own).append(lines[at])
            at += 1
    said = _tidy(own)
    return (said, _tidy(rest)) if said else (_tidy(lines), "")


def _attribution_at(lines: list[str], at: int) -> int:
    """How many lines from here on say who is quoted (mailers fold them): 0 where they do not."""
    if not lines[at].strip() or lines[at].lstrip().startswith(">"):
        return 0
    joined = ""
    for length in range(1, 5):
        if at + length > len(lines) or not lines[at + length - 1].strip():
            return 0
        joined = f"{joined} {lines[at + length - 1].strip()}".strip()[:700]
        if joined.endswith((":", "：")):
            return length if _ATTRIBUTION.match(joined) and _names_somebody(joined, lines, at + length) else 0
    return 0


def _names_somebody(joined: str, lines: list[str], after: int) -> bool:
    """An attribution tells an address or a date, or quoted lines follow it; "this is what he wrote:" does not."""
    return "@" in joined or len(re.findall(r"\d", joined)) >= 3 or _quotes_follow(lines, after)


def _quotes_follow(lines: list[str], at: int) -> bool:
    following = next((line for line in lines[at : at + 4] if line.strip()), "")
    return following.lstrip().startswith(">")


def _rest_is_quoted(lines: list[str], at: int) -> bool:
    """Everything from here on is repeated: a separator, a block of From/Sent, a signature."""
    line = lines[at]
    if _ORIGINAL.match(line) or _SIGNATURE.match(line) or _PHONE.match(line.strip()):
        return True
    if _RULE.match(line):
        return at + 1 < len(lines) and any(_FROM.match(one) for one in lines[at + 1 : at + 4])
    return bool(_FROM.match(line)) and any(_SENT.match(one) for one in lines[at + 1 : at + 5])


def _tidy(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")
