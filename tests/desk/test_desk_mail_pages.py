"""Pages of the inbox: what they show, what they never do, what is done from them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk.full_mail import PNG
from desk.mail_kit import raw, sound
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from controlroom.desk.accounts.models import User
from controlroom.desk.mail.models import MailAccount, MailMessage, MailRules, MailThread, Outgoing
from controlroom.desk.songs.models import Blob

pytestmark = pytest.mark.django_db

Arrives = Callable[..., MailMessage]


def said(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def test_the_empty_inbox_invites(client_of: Client) -> None:
    assert "Add an account" in said(client_of, "/mail/")
    assert "No account yet" in said(client_of, "/mail/accounts/")
    assert "Nobody waits" in said(client_of, "/mail/waiting/")
    assert "No letter" in said(client_of, "/mail/letters/")


def test_the_inbox_shows_what_came_by_what_it_is(client_of: Client, arrives: Arrives, tmp_path: Path) -> None:
    arrives(raw("A demo: Salt", "My new demo, please have a listen.", files={"Salt.wav": sound(tmp_path=tmp_path)}))
    arrives(raw("Hello", "Shall we have a coffee some day?", sender="Tom <tom@example.net>"))
    page = said(client_of, "/mail/")
    assert "A demo: Salt" in page
    assert "1 sound" in page
    assert page.count('class="item mail unread"') == 2
    demos = said(client_of, "/mail/?tab=demo")
    assert "Salt" in demos
    assert "coffee" not in demos
    assert "coffee" in said(client_of, "/mail/?q=coffee+tom")
    assert "No message has that" in said(client_of, "/mail/?q=tea")
    assert "Nothing of that kind" in said(client_of, "/mail/?tab=junk")


def test_reading_marks_what_was_read_and_says_why_it_stands_there(client_of: Client, arrives: Arrives) -> None:
    row = arrives(raw("Paper Lanterns", "The vocal is too loud in the second verse, could you turn it down?"))
    page = said(client_of, f"/mail/{row.pk}/")
    assert "The vocal is too loud" in page
    assert row.reasons[0][1][1:].replace("“", "")[:6] in page.replace("“", "")
    row.refresh_from_db()
    assert row.read_at is not None
    assert "mail unread" not in said(client_of, "/mail/")


HTML = """<p onclick="steal()">Hello <b>there</b><script>alert(1)</script><img src="https://track.example.net/p.gif">
<img src="cid:cover"><a href="javascript:alert(1)">x</a><a href="https://example.org/a">our page</a>
<form action="https://evil.example"><input name="q"></form><link rel="stylesheet" href="https://x.example/c.css"></p>"""


def test_html_is_harmless_and_asks_for_nothing(client_of: Client, arrives: Arrives, account: MailAccount) -> None:
    row = arrives(raw("News", "Hello there", html=HTML))
    row.attachments.create(part="9", name="c.png", media_type="image/png", content_id="cover", size=len(PNG))
    answer = client_of.get(f"/mail/{row.pk}/?as=html")
    page = answer.content.decode()
    inner = page[page.index("mail-html") :]
    inner = inner[: inner.index("</article>")]
    assert "<b>there</b>" in inner
    for harm in ("<script", "onclick", "track.example", "javascript:", "<form", "<input", "stylesheet", "evil"):
        assert harm not in inner
    assert 'src="/mail/attachments/' in inner
    assert 'rel="noopener noreferrer' in inner
    assert "img-src 'self' data:" in answer["Content-Security-Policy"]


def test_a_picture_of_a_message_is_shown_other_files_are_only_saved(client_of: Client, arrives: Arrives) -> None:
    import email.policy
    from email import message_from_bytes

    message = message_from_bytes(raw("P", html="<img src='cid:cover'>"), policy=email.policy.SMTP)
    message.get_payload()[1].add_related(PNG, "image", "png", cid="<cover>")
    message.add_attachment(b"<script>alert(1)</script>", "text", "html", filename="../../x.html")
    row = arrives(message.as_bytes())
    picture, page = row.attachments.order_by("pk")
    shown = client_of.get(f"/mail/attachments/{picture.pk}/inline/")
    assert (shown["Content-Type"], b"".join(shown.streaming_content)) == ("image/png", PNG)
    assert client_of.get(f"/mail/attachments/{page.pk}/inline/").status_code == 404
    kept = client_of.get(f"/mail/attachments/{page.pk}/")
    assert b"".join(kept.streaming_content) == b"<script>alert(1)</script>"
    assert kept["Content-Type"] == "application/octet-stream"
    assert kept["Content-Disposition"].startswith("attachment")
    assert ".." not in kept["Content-Disposition"]
    assert kept["X-Content-Type-Options"] == "nosniff"
    whole = client_of.get(f"/mail/{row.pk}/raw/")
    assert b"".join(whole.streaming_content) == message.as_bytes()


def test_sorting_from_the_page_and_undoing_it(client_of: Client, arrives: Arrives) -> None:
    row = arrives(raw("Hello", "Hello."))
    client_of.post(f"/mail/{row.pk}/sort/", {"label": "business"})
    row.refresh_from_db()
    assert row.kind == "business"
    assert "Take that back" in said(client_of, f"/mail/{row.pk}/")
    client_of.post(f"/mail/{row.pk}/unsort/")
    row.refresh_from_db()
    assert row.kind != "business"
    assert client_of.post(f"/mail/{row.pk}/sort/", {"label": "nonsense"}).status_code == 422


def test_done_leaves_the_inbox_and_can_be_undone(client_of: Client, arrives: Arrives) -> None:
    row = arrives(raw("Hello", "Hello."))
    answer = client_of.post(f"/mail/{row.pk}/done/", follow=True)
    assert "Undo" in answer.content.decode()
    assert f"/mail/{row.pk}/" not in said(client_of, "/mail/")
    assert f"/mail/{row.pk}/" in said(client_of, "/mail/?done=1")
    client_of.post(f"/mail/{row.pk}/done/", {"again": "1"})
    assert f"/mail/{row.pk}/" in said(client_of, "/mail/")


def test_from_a_demo_to_its_answer(client_of: Client, arrives: Arrives, tmp_path: Path, asked: list[Any]) -> None:
    row = arrives(raw("A demo: Salt", "My new demo, please listen.", files={"Salt.wav": sound(tmp_path=tmp_path)}))
    page = said(client_of, f"/mail/{row.pk}/")
    assert "recordings/" in page
    assert page.index("Feedback on the demo") < page.index("A letter of your own")
    answer = client_of.post(f"/mail/{row.pk}/answer/", {"kind": "feedback"})
    letter = Outgoing.objects.get()
    assert answer["Location"] == f"/mail/letters/{letter.pk}/"
    editor = said(client_of, answer["Location"])
    assert "Salt" in editor
    assert "Look at this before it goes" in editor, "nobody has listened to it yet"
    typed = {"to": "mara@example.org", "subject": "Salt", "body": "Thank you.", "account": letter.account_id}
    client_of.post(f"/mail/letters/{letter.pk}/", typed)
    letter.refresh_from_db()
    assert (letter.body, letter.state) == ("Thank you.", "draft")
    assert not [each for each in asked if each.name == "mail.send"]
    wrong = client_of.post(f"/mail/letters/{letter.pk}/send/", typed | {"to": "nobody"})
    assert wrong.status_code == 422
    assert "it is no mail address" in wrong.content.decode()
    client_of.post(f"/mail/letters/{letter.pk}/send/", typed)
    letter.refresh_from_db()
    assert letter.state == "sending"
    assert asked[-1].name == "mail.send"


def test_a_kind_without_facts_says_so_and_opens_an_empty_draft(client_of: Client, arrives: Arrives) -> None:
    row = arrives(raw("Hello", "Hello."))
    answer = client_of.post(f"/mail/{row.pk}/answer/", {"kind": "follow_up"}, follow=True)
    assert "we never wrote to them" in answer.content.decode()
    assert Outgoing.objects.get().kind == ""


def test_a_reminder_takes_the_invoice(client_of: Client, arrives: Arrives) -> None:
    row = arrives(raw("Hello", "Hello."))
    client_of.post(f"/mail/{row.pk}/answer/", {"kind": ""})
    letter = Outgoing.objects.get()
    asked_for = {"kind": "invoice_reminder", "tone": "formal", "language": "en"}
    lacking = client_of.post(f"/mail/letters/{letter.pk}/draft/", asked_for)
    assert lacking.status_code == 422
    due = timezone.localdate() - timedelta(days=20)
    invoice = {"number": "2026-17", "amount": "1250.50", "currency": "EUR", "due": due.isoformat(), "degree": "2"}
    client_of.post(f"/mail/letters/{letter.pk}/draft/", asked_for | invoice)
    letter.refresh_from_db()
    assert "2026-17" in letter.body
    assert "1,250.50" in letter.body


def test_polish_says_that_it_is_off(client_of: Client, arrives: Arrives) -> None:
    row = arrives(raw())
    client_of.post(f"/mail/{row.pk}/answer/", {"kind": ""})
    assert "CONTROLROOM_POLISH_URL" in said(client_of, f"/mail/letters/{Outgoing.objects.get().pk}/polish/")


FORM = {
    "name": "Studio", "way": "imap", "host": "imap.example.com", "port": "993", "security": "tls", "user": "u",
    "secret": "a word", "folder": "INBOX", "every_min": "5", "from_email": "s@example.com", "smtp_port": "465",
    "smtp_security": "tls",
}  # fmt: skip


def test_an_account_is_added_changed_and_removed_and_its_password_never_shown(
    client_of: Client, asked: list[Any]
) -> None:
    wrong = client_of.post("/mail/accounts/new/", FORM | {"host": ""})
    assert wrong.status_code == 422
    assert "it needs a server and a user" in wrong.content.decode()
    client_of.post("/mail/accounts/new/", FORM)
    account = MailAccount.objects.get()
    assert asked[-1].name == "mail.fetch"
    page = said(client_of, f"/mail/accounts/{account.pk}/")
    assert "a word" not in page
    assert account.secret not in page
    client_of.post(f"/mail/accounts/{account.pk}/", FORM | {"secret": "", "name": "Office"})
    changed = MailAccount.objects.get()
    assert (changed.name, changed.secret) == ("Office", account.secret)
    client_of.post(f"/mail/accounts/{account.pk}/remove/")
    assert MailAccount.objects.get().secret == ""
    assert client_of.get(f"/mail/accounts/{account.pk}/").status_code == 404


def test_rules_are_changed_refused_and_taken_back(client_of: Client, asked: list[Any]) -> None:
    assert "waiting_days" in said(client_of, "/mail/rules/")
    wrong = client_of.post("/mail/rules/", {"text": "waiting_days = \n"})
    assert wrong.status_code == 422
    assert "line 1" in wrong.content.decode()
    client_of.post("/mail/rules/", {"text": "waiting_days = 3\n"})
    assert MailRules.objects.get().text == "waiting_days = 3"
    client_of.post("/mail/rules/revert/")
    assert MailRules.objects.get().text == ""


@pytest.mark.parametrize("words", ["%00", "%25_%5C", "%F0%9F%8E%A7", "'%22", "a+" * 400])
def test_whatever_is_looked_for_in_mail_breaks_nothing(words: str, client_of: Client) -> None:
    assert client_of.get(f"/mail/?q={words}").status_code < 500


def test_others_see_no_mail(as_user: Any, engineer: User, reader: User, arrives: Arrives) -> None:
    row = arrives(raw("Terms", "Our offer is 4,000 EUR."))
    for user in (engineer, reader):
        client = as_user(user)
        assert client.get(f"/mail/{row.pk}/").status_code == 403
        assert "Inbox" not in said(client, "/")


def test_ten_thousand_messages_stay_fast(client_of: Client, producer: User, account: MailAccount) -> None:
    """No page reads more rows for more mail: what it asks is bounded, and every question has its index."""
    of = {"studio_id": producer.studio_id}
    blob = Blob.objects.create(**of, sha256="0" * 64, size=1)
    threads = MailThread.objects.bulk_create(MailThread(**of, subject=f"{k}") for k in range(2000))
    now = timezone.now()
    kinds = ["demo", "note", "scheduling", "business", "newsletter", "junk", "other"]
    MailMessage.objects.bulk_create(
        (
            MailMessage(
                **of, account=account, message_id=f"{k}@x.org", raw=blob, thread=threads[k % 2000], subject=f"Mail {k}",
                from_email=f"m{k % 300}@example.org", text="Hello there. " * 30, at=now - timedelta(minutes=k),
                kind=kinds[k % 7], urgent=k % 50 == 0, done_at=now if k > 400 else None,
                read_at=now if k > 200 else None,
            )
            for k in range(10_000)
        ),
        batch_size=500,
    )  # fmt: skip
    for url in ("/mail/", "/mail/?tab=demo", "/mail/?done=1&page=100", "/mail/waiting/", "/"):
        with CaptureQueriesContext(connection) as captured:
            assert client_of.get(url).status_code == 200
        assert len(captured) <= 30, url
        if connection.vendor == "sqlite":
            plans = [_plan(query["sql"]) for query in captured if 'FROM "mail_mailmessage"' in query["sql"]]
            assert not [plan for plan in plans if "SCAN mail_mailmessage" in plan and "INDEX" not in plan], url


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}" if "%" in sql else f"EXPLAIN QUERY PLAN {sql}")
        return " ".join(str(row[-1]) for row in cursor.fetchall())
