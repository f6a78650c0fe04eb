"""Mail as the desk keeps it: accounts, what was fetched as it came, messages, what was learnt, letters out."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from controlroom.desk.accounts.models import Studio
from controlroom.desk.people.models import Person
from controlroom.desk.songs.models import Blob, Recording, Song

KINDS: list[tuple[str, str]] = [
    ("demo", "Demos"),
    ("note", "Notes"),
    ("scheduling", "Scheduling"),
    ("business", "Business"),
    ("newsletter", "Newsletters"),
    ("junk", "Junk"),
    ("other", "Other"),
]
"""What a message is; `urgent` stands beside it."""
SECURITY: list[tuple[str, str]] = [
    ("tls", "TLS from the start"),
    ("starttls", "STARTTLS"),
    ("plain", "None (only within this machine)"),
]


SHOWN_INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""Pictures that a page shows where they stand in a message."""


class MailAccount(models.Model):
    """Where mail comes from and goes out through. `secret` and `smtp_secret` are encrypted (`secrets.py`).

    `uidvalidity` and `last_uid`: how far an IMAP folder was read (RFC 3501 §2.3.1.1). `error` says in a sentence why
    the last fetch failed, `failures` how often in a row; `due_at` when it is asked next. `removed_at`: it is asked no
    more, its messages stay.
    """

    WAYS: ClassVar = [("imap", "A mailbox (IMAP)"), ("maildir", "A Maildir"), ("folder", "A folder of .eml files")]

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="mail_accounts")
    name = models.CharField(max_length=120)
    way = models.CharField(max_length=8, choices=WAYS, default="imap")
    host = models.CharField(max_length=255, blank=True)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=8, choices=SECURITY, default="tls")
    user = models.CharField(max_length=255, blank=True)
    secret = models.TextField(blank=True)
    is_token = models.BooleanField("the password is an OAuth 2 token", default=False)
    folder = models.CharField(max_length=255, default="INBOX")
    path = models.CharField(max_length=1000, blank=True)
    since = models.DateField("mail from this day on", null=True, blank=True)
    every_min = models.PositiveSmallIntegerField("asked every", default=5)
    smtp_host = models.CharField(max_length=255, blank=True)
    smtp_port = models.PositiveIntegerField(default=465)
    smtp_security = models.CharField(max_length=8, choices=SECURITY, default="tls")
    smtp_user = models.CharField(max_length=255, blank=True)
    smtp_secret = models.TextField(blank=True)
    from_email = models.EmailField()
    from_name = models.CharField(max_length=160, blank=True)
    uidvalidity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)
    polled_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def may_send(self) -> bool:
        return bool(self.smtp_host)


class MailThread(models.Model):
    """Messages that answer each other. `last_in_at`, `last_out_at`: when they and when we spoke last."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    subject = models.CharField(max_length=400, blank=True)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="mail_threads")
    song = models.ForeignKey(Song, on_delete=models.SET_NULL, null=True, blank=True, related_name="mail_threads")
    last_in_at = models.DateTimeField(null=True, blank=True)
    last_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["studio", "-last_in_at"]), models.Index(fields=["person"])]

    def __str__(self) -> str:
        return self.subject


class MailMessage(models.Model):
    """A message, in or out, as `rooms.correspondence.Message` says it, sorted.

    `raw`: its bytes as they came or went. `at` is when it was sent, never later than it was here. `kind`, `urgent`,
    `reasons` ([code, sentence] pairs), `confidence`: the verdict; `sorted_by`: "rules", "learnt", or a person's name.
    `done_at`: nothing more is to be done about it. `because`: why it belongs to its song.
    """

    DIRECTIONS: ClassVar = [("in", "In"), ("out", "Out")]

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    account = models.ForeignKey(MailAccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="messages")
    direction = models.CharField(max_length=3, choices=DIRECTIONS, default="in")
    message_id = models.CharField(max_length=255)
    raw = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    thread = models.ForeignKey(MailThread, on_delete=models.PROTECT, related_name="messages")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="mail")
    song = models.ForeignKey(Song, on_delete=models.SET_NULL, null=True, blank=True, related_name="mail")
    because = models.CharField(max_length=300, blank=True)
    from_email = models.CharField(max_length=320, blank=True)
    from_name = models.CharField(max_length=200, blank=True)
    reply_to = models.CharField(max_length=320, blank=True)
    to: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    cc: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    subject = models.CharField(max_length=400, blank=True)
    in_reply_to = models.CharField(max_length=255, blank=True)
    references: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField(blank=True)
    quoted = models.TextField(blank=True)
    html = models.TextField(blank=True)
    links: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    calendars: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    findings: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    bulk = models.BooleanField(default=False)
    automatic = models.BooleanField(default=False)
    kind = models.CharField(max_length=10, choices=KINDS, default="other")
    urgent = models.BooleanField(default=False)
    reasons: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    confidence = models.FloatField(default=0.0)
    sorted_by = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["studio", "message_id"], name="one_message")]
        indexes: ClassVar = [
            models.Index(fields=["studio", "direction", "kind", "-at"]),
            models.Index(fields=["studio", "direction", "-at"]),
            models.Index(fields=["studio", "direction", "urgent", "-at"]),
            models.Index(fields=["studio", "direction", "read_at"]),
            models.Index(fields=["studio", "direction", "done_at", "urgent"]),
            models.Index(fields=["thread", "at"]),
            models.Index(fields=["person", "-at"]),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def label(self) -> str:
        return "urgent" if self.urgent else self.kind

    @property
    def percent(self) -> int:
        """How sure the verdict is."""
        return round(100 * self.confidence)

    @property
    def sender(self) -> str:
        return self.person.name if self.person else self.from_name or self.from_email or "Nobody named"


class FetchedMail(models.Model):
    """What an account gave us, kept before anything else is done: one row for each (account, UIDVALIDITY, UID).

    `message` is what it became; none yet: it is still to be read (`refusal`: it cannot be). `key` names it where there
    is no UID: the file's name.
    """

    account = models.ForeignKey(MailAccount, on_delete=models.CASCADE, related_name="fetched")
    uidvalidity = models.BigIntegerField(default=0)
    uid = models.BigIntegerField(default=0)
    key = models.CharField(max_length=255, blank=True)
    raw = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(MailMessage, on_delete=models.SET_NULL, null=True, blank=True, related_name="fetched")
    refusal = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "uidvalidity", "uid", "key"], name="fetched_once")
        ]
        indexes: ClassVar = [models.Index(fields=["account", "message", "at"])]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.uidvalidity}/{self.uid}{self.key}"


class MailReference(models.Model):
    """An id that messages of a thread name: what belongs together is found by it, in whatever order it comes."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    thread = models.ForeignKey(MailThread, on_delete=models.CASCADE, related_name="references")
    message_id = models.CharField(max_length=255)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["studio", "message_id"], name="one_reference")]

    def __str__(self) -> str:
        return self.message_id


class MailAttachment(models.Model):
    """A file in a message (`part` of the raw one). Sound of a demo is taken out of it: `blob`, `recording`."""

    message = models.ForeignKey(MailMessage, on_delete=models.CASCADE, related_name="attachments")
    part = models.CharField(max_length=60)
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=120, blank=True)
    size = models.BigIntegerField(default=0)
    inline = models.BooleanField(default=False)
    is_audio = models.BooleanField(default=False)
    content_id = models.CharField(max_length=255, blank=True)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recording = models.ForeignKey(Recording, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    refusal = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["message", "part"], name="one_attachment")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.media_type in SHOWN_INLINE


class LinkFetch(models.Model):
    """A link of a message that somebody wanted fetched: what became of it. `says`: why a person is needed for it."""

    message = models.ForeignKey(MailMessage, on_delete=models.CASCADE, related_name="link_fetches")
    url = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    recording = models.ForeignKey(Recording, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    says = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.url


class Correction(models.Model):
    """Somebody said what a message is: its kind, or "urgent". Learnt from, until it is undone; `before` as it stood."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    message = models.ForeignKey(MailMessage, on_delete=models.CASCADE, related_name="corrections")
    label = models.CharField(max_length=10, choices=[("urgent", "Urgent"), *KINDS])
    before: models.JSONField[Any, Any] = models.JSONField(default=dict)
    who = models.CharField(max_length=160)
    who_key = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        indexes: ClassVar = [models.Index(fields=["studio", "undone_at", "at"])]

    def __str__(self) -> str:
        return f"{self.message_id} is {self.label}"


class MailRules(models.Model):
    """A studio's own rules (TOML; "": the house's), and what was learnt from its corrections (JSON)."""

    studio = models.OneToOneField(Studio, on_delete=models.CASCADE, related_name="mail_rules")
    text = models.TextField(blank=True)
    habits: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)

    def __str__(self) -> str:
        return f"rules of {self.studio_id}"


class Promise(models.Model):
    """Something we promised in a letter, and until when; `kept_at` once we wrote again, or somebody said so."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    message = models.ForeignKey(MailMessage, on_delete=models.CASCADE, related_name="promises")
    says = models.CharField(max_length=400)
    due_on = models.DateField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        indexes: ClassVar = [models.Index(fields=["studio", "kept_at", "due_on"])]

    def __str__(self) -> str:
        return self.says


class Outgoing(models.Model):
    """A letter: a draft that somebody edits, then what was sent. Nothing is sent but by a person.

    `answers` is the message it answers, `about` the recording it speaks of. `missing`: facts the draft could not say.
    `calendar`, `method`: an invitation that goes with it (RFC 6047). `raw` are the bytes as they go out, under
    `sent_id`, `handed_at` when they were handed to the mail server; `message` is what went out, in its thread.
    """

    STATES: ClassVar = [
        ("draft", "Draft"),
        ("sending", "Being sent"),
        ("sent", "Sent"),
        ("failed", "Not sent"),
        ("bounced", "Came back"),
    ]

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    account = models.ForeignKey(MailAccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="letters")
    kind = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=8, choices=STATES, default="draft")
    to: models.JSONField[Any, Any] = models.JSONField(default=list)
    cc: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    subject = models.CharField(max_length=400, blank=True)
    body = models.TextField(blank=True)
    language = models.CharField(max_length=8, default="en")
    tone = models.CharField(max_length=8, default="warm")
    missing: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    calendar = models.TextField(blank=True)
    method = models.CharField(max_length=12, blank=True)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="letters")
    song = models.ForeignKey(Song, on_delete=models.SET_NULL, null=True, blank=True, related_name="letters")
    about = models.ForeignKey(Recording, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    answers = models.ForeignKey(MailMessage, on_delete=models.SET_NULL, null=True, blank=True, related_name="letters")
    raw = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sent_id = models.CharField("its Message-ID", max_length=255, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    message = models.OneToOneField(MailMessage, on_delete=models.PROTECT, null=True, blank=True, related_name="sent_as")
    error = models.TextField(blank=True)
    who = models.CharField(max_length=160)
    who_key = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField("failure seen", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-changed_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["studio", "state", "-changed_at"]),
            models.Index(fields=["song", "-changed_at"]),
            models.Index(fields=["studio", "sent_id"]),
        ]

    def __str__(self) -> str:
        return self.subject
