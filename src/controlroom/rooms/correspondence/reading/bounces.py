"""Delivery reports (RFC 3464) and what else comes back: which of our messages did not arrive."""

from __future__ import annotations

import re
from collections.abc import Callable

from controlroom.rooms.correspondence.reading.headers import Headers, ids
from controlroom.rooms.correspondence.reading.scan import Part

_SENDERS = re.compile(
    r"^(mailer-daemon|postmaster|mail-daemon|mdaemon|bounces?|double-bounce|noreply-dmarc.*)@", re.IGNORECASE
)
_SUBJECTS = re.compile(
    r"undeliver|delivery (?:status|failure|has failed|incomplete)|returned (?:mail|to sender)|mail delivery"
    r"|failure notice|delivery notification|could not be delivered|not delivered|unzustellbar|nicht zugestellt"
    r"|zustellung fehlgeschlagen"
    r"|no se pudo entregar|no entregado|devuelto|non remis|non délivré|échec de (?:la )?remise"
    r"|mancato recapito|não entregue|配信不能|配信エラー|エラーメール|未达|退信|недоставлен|не доставлено",
    re.IGNORECASE,
)
_LATER = re.compile(r"delay|warning|verzöger|retras|retard|遅延|still being retried|will be retried", re.IGNORECASE)
_ACTION = re.compile(rb"^action\s*:\s*([a-z]+)", re.IGNORECASE | re.MULTILINE)
_MESSAGE_ID = re.compile(r"^[>\s]*message-id\s*:\s*(<[^<>\s]{1,400}>)", re.IGNORECASE | re.MULTILINE)
_MOST = 50
_MOST_BYTES = 1 << 16


def is_report(root: Part) -> bool:
    """A multipart/report of deliveries (RFC 6522), or what mail servers send instead of one."""
    if root.media_type == "multipart/report" and root.parameter("report-type").lower() != "disposition-notification":
        return True
    headers = root.headers
    if headers.raw("x-failed-recipients").strip():
        return True
    sender = headers.text("from").lower().rpartition("<")[2]
    return bool(_SUBJECTS.search(headers.text("subject"))) and (
        bool(_SENDERS.match(sender)) or headers.raw("return-path").strip() == b"<>"
    )


def bounced(root: Part, content: Callable[[Part, int], bytes]) -> tuple[str, ...]:
    """The ids of the messages that a report says were not delivered; none where it only says that it takes longer.

    They stand in the enclosed message or its headers; some servers quote them in their text only. `content(part, most)`
    gives the first decoded bytes of a part.
    """
    parts = list(root.walk())
    status = next((part for part in parts if part.media_type == "message/delivery-status"), None)
    actions = {action.lower() for action in _ACTION.findall(content(status, _MOST_BYTES))} if status else set()
    if (actions and b"failed" not in actions) or (not actions and _LATER.search(root.headers.text("subject"))):
        return ()
    found: dict[str, None] = {}
    for part in parts[1:]:
        found.update(dict.fromkeys(ids(part.headers.raw("message-id"))))
        if part.media_type in ("text/rfc822-headers", "message/rfc822-headers", "message/rfc822") and not part.parts:
            found.update(dict.fromkeys(_written(content(part, _MOST_BYTES))))
    if not found:
        texts = (part for part in parts if part.media_type.startswith("text/"))
        found.update(dict.fromkeys(one for part in texts for one in _written(content(part, 4 * _MOST_BYTES))))
    if not found:
        found.update(dict.fromkeys(ids(root.headers.raw("in-reply-to"))))
    own = ids(root.headers.raw("message-id"))
    return tuple(one for one in found if one not in own)[:_MOST]


def _written(text: bytes) -> list[str]:
    return [match[1].strip("<>") for match in _MESSAGE_ID.finditer(text.decode("utf-8", "replace"))]


def is_automatic(headers: Headers) -> bool:
    """Nobody wrote it: RFC 3834 §5 and what stood for it before."""
    submitted = headers.text("auto-submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    return bool(
        headers.raw("x-autoreply").strip()
        or headers.raw("x-autorespond").strip()
        or headers.text("precedence").lower() == "auto_reply"
        or headers.raw("return-path").strip() == b"<>"
    )


def is_bulk(headers: Headers) -> bool:
    """Sent to many: RFC 2919, RFC 2369, Precedence, the feedback id of bulk senders."""
    listed = any(headers.raw(name).strip() for name in ("list-id", "list-unsubscribe", "list-post", "feedback-id"))
    return listed or headers.text("precedence").lower() in ("bulk", "list", "junk")
