"""Mail for the browser tests' desk: a message with everything, its draft, a letter that went out."""

from __future__ import annotations

import tempfile
from email.message import EmailMessage
from pathlib import Path

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.mail import fetching, letter_actions, sending
from controlroom.desk.mail.models import MailAccount, Outgoing

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000ffff03000006000557"
    "bfabd40000000049454e44ae426082"
)


def _note() -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Mara Lindqvist <mara@example.org>", "studio@example.com"
    message["Subject"], message["Message-ID"] = "Paper Lanterns, mix 2", "<note@example.org>"
    message["Date"] = "Thu, 26 Nov 2026 10:00:00 +0000"
    message.set_content(
        "The vocal is a little too loud in the second verse. More air in the last bars?\n\n"
        "The old idea is at https://www.dropbox.com/s/x/idea.wav?dl=0\n\n> Here is mix 2.\n"
    )
    html = '<p>The vocal is a little <b>too loud</b>.</p><table><tr><td>Verse 2</td></tr></table><img src="cid:cover">'
    message.add_alternative(html, subtype="html")
    message.get_payload()[1].add_related(PNG, "image", "png", cid="<cover>", filename="cover.png")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="lyrics.pdf")
    return message.as_bytes()


def mail(actor: Actor, folder: Path) -> dict[str, int]:
    """The ids of what was made."""
    pickup = folder / "pickup"
    pickup.mkdir(parents=True)
    account = MailAccount.objects.create(
        studio_id=actor.studio_id, name="Studio", way="folder", path=str(pickup), every_min=1000,
        from_email="studio@example.com", from_name="Jo", smtp_host="smtp.example.com",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "note.eml"
        path.write_bytes(_note())
        fetching.keep_raw(account, path, key="note")
    (row,), _ = fetching.settle(account)
    fetching._polled(account, "")
    draft = letter_actions.begin_letter(actor, kind="approval_request", answers=row)
    sent = letter_actions.begin_letter(actor, answers=row)
    letter_actions.change_letter(
        actor,
        sent,
        to="Mara <mara@example.org>",
        subject="Re: Paper Lanterns",
        body="I send it tomorrow.",
        account=None,
    )
    Outgoing.objects.filter(pk=sent.pk).update(account=account)
    sent.refresh_from_db()
    sending._composed(sent)
    sending.sent(sent)
    return {"mail": row.pk, "mail_account": account.pk, "letter": draft.pk, "letter_sent": sent.pk}
