"""The mail of a full studio: its first message has everything, an answer, files, links, corrections, letters."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.utils import timezone

from controlroom.desk.mail.models import (
    KINDS,
    Correction,
    FetchedMail,
    LinkFetch,
    MailAccount,
    MailAttachment,
    MailMessage,
    MailReference,
    MailThread,
    Outgoing,
    Promise,
)
from controlroom.desk.mail.values import attachment_rows, fields_of
from controlroom.desk.songs import blobs
from controlroom.rooms.correspondence.reading import read_bytes

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000ffff03000006000557"
    "bfabd40000000049454e44ae426082"
)
TEXT = "Could the bridge breathe more? The vocal sits a little high for me, and I would love to hear the piano earlier."


def _raw(number: int) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = f"Mara Lind {number} <mara{number}@example.org>", "studio@example.com"
    message["Subject"], message["Message-ID"] = f"Paper Lanterns, mix {number}", f"<{number}@mail.example.org>"
    message.set_content(f"{TEXT}\n\nhttps://www.dropbox.com/s/x/salt.wav?dl=0\nhttps://example.org/about\n")
    message.add_alternative(
        f'<p>{TEXT}</p><img src="cid:cover"><a href="https://example.org/">here</a>', subtype="html"
    )
    message.get_payload()[1].add_related(PNG, "image", "png", cid="<cover>", filename="cover.png")
    message.add_attachment(b"RIFF\x24\0\0\0WAVEfmt ", maintype="audio", subtype="wav", filename="salt.wav")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="contract.pdf")
    return message.as_bytes()


class Mail:
    """What was made: `message` is the one that has everything, `attachment` a picture of it, `letter` its draft."""

    def __init__(self, studio_id: int, people: list[Any], songs: list[Any], number: int) -> None:
        self._of, self._now = {"studio_id": studio_id}, timezone.now()
        self.account = MailAccount.objects.create(
            **self._of, name="Studio", host="imap.example.com", user="studio@example.com",
            from_email="studio@example.com", smtp_host="smtp.example.com", polled_at=self._now,
            due_at=self._now + timedelta(days=1),
        )  # fmt: skip
        self.messages = self._messages(people, songs, number)
        self.message = self.messages[0]
        self.attachment = self.message.attachments.get(name="cover.png")
        self._around(number)

    def _messages(self, people: list[Any], songs: list[Any], number: int) -> list[MailMessage]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "raw.eml"
            path.write_bytes(_raw(0))
            raw = blobs.keep(self._of["studio_id"], path)
        value, kinds = read_bytes(_raw(0)), [kind for kind, _ in KINDS]
        fields = fields_of(value)
        threads = MailThread.objects.bulk_create(
            MailThread(
                **self._of, subject=f"Paper Lanterns {k}", person=people[k % len(people)], song=songs[k % len(songs)],
                last_in_at=self._now - timedelta(hours=k + 1),
            )
            for k in range(number)
        )  # fmt: skip
        rows = MailMessage.objects.bulk_create(
            (
                MailMessage(
                    **self._of,
                    **fields
                    | {"subject": f"Paper Lanterns, mix {k}", "from_email": f"mara{k}@example.org", "in_reply_to": ""},
                    account=self.account,
                    direction="out" if k % 3 == 2 else "in",
                    message_id=f"{k}@mail.example.org",
                    raw=raw,
                    thread=threads[0 if k < 6 else k % number],
                    person=people[k % len(people)],
                    song=songs[k % len(songs)],
                    at=self._now - timedelta(hours=7 * k + 1),
                    kind=kinds[(k + 1) % len(kinds)],
                    urgent=k % 4 == 0,
                    reasons=[["words_note", "It speaks of the bridge and the vocal"]],
                    sorted_by="rule",
                    done_at=self._now if k % 6 == 0 and k else None,
                )
                for k in range(3 * number)
            ),
            batch_size=500,
        )
        MailAttachment.objects.bulk_create(
            each for row in rows[: 3 * number : 3] for each in attachment_rows(row, value)
        )
        return rows

    def _around(self, number: int) -> None:
        words = {"who": "Jo", "who_key": "user:1"}
        states = [state for state, _ in Outgoing.STATES]
        sent = [row for row in self.messages if row.direction == "out"]
        self.letters = Outgoing.objects.bulk_create(
            Outgoing(
                **self._of, **words, account=self.account, state=states[k % 5], to=[["mara@example.org", "Mara"]],
                subject=f"Paper Lanterns {k}", body="Hello Mara,\n\nthank you.", answers=self.message,
                person=self.message.person, song=self.message.song, missing=["the next step"],
                sent_at=self._now if k % 5 > 1 else None, error="It came back." if k % 5 > 2 else "",
            )
            for k in range(number)
        )  # fmt: skip
        self.letter = self.letters[0]
        self.promises = Promise.objects.bulk_create(
            Promise(**self._of, message=row, says="I send the mix on Monday.", due_on=row.at.date()) for row in sent
        )
        for k, row in enumerate(self.messages[:number]):
            Correction.objects.create(
                **self._of, **words, message=row, label="note",
                before={"kind": "other", "urgent": False, "reasons": [], "confidence": 0.5, "sorted_by": "rule"},
            )  # fmt: skip
            LinkFetch.objects.create(message=self.message, url=f"https://example.org/{k}", says="It needs a person.")
            FetchedMail.objects.create(account=self.account, uid=k, raw=row.raw, refusal="It is no message.")
            MailReference.objects.create(**self._of, thread=row.thread, message_id=row.message_id)
