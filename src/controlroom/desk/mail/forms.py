"""Forms of mail."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from controlroom.desk.accounts.forms import ONE_LINE
from controlroom.desk.mail import facts
from controlroom.desk.mail.models import SECURITY, MailAccount, Outgoing
from controlroom.desk.people.models import Person

KEPT = "Kept. Type only to replace it."


class AccountForm(forms.Form):
    name = forms.CharField(max_length=120, validators=[ONE_LINE], label="Name", help_text="As the inbox says it.")
    way = forms.ChoiceField(choices=MailAccount.WAYS, label="Where mail comes from")
    host = forms.CharField(max_length=255, required=False, label="Incoming server")
    port = forms.IntegerField(min_value=1, max_value=65535, initial=993)
    security = forms.ChoiceField(choices=SECURITY, label="Encryption")
    user = forms.CharField(max_length=255, required=False, validators=[ONE_LINE])
    secret = forms.CharField(
        max_length=4000, required=False, label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )
    is_token = forms.BooleanField(required=False, label="It is an OAuth 2 access token")
    folder = forms.CharField(max_length=255, initial="INBOX", label="Folder of the mailbox")
    path = forms.CharField(
        max_length=1000, required=False, label="Folder on this machine", help_text="For a Maildir, or .eml files."
    )
    since = forms.DateField(
        required=False,
        label="Mail from this day on",
        help_text="Empty: all there is.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    every_min = forms.IntegerField(min_value=1, max_value=1440, initial=5, label="Asked every")
    from_email = forms.EmailField(label="Letters come from")
    from_name = forms.CharField(max_length=160, required=False, validators=[ONE_LINE], label="Under the name")
    smtp_host = forms.CharField(
        max_length=255, required=False, label="Outgoing server", help_text="Empty: nothing is sent through it."
    )
    smtp_port = forms.IntegerField(min_value=1, max_value=65535, initial=465, label="Its port")
    smtp_security = forms.ChoiceField(choices=SECURITY, label="Its encryption")
    smtp_user = forms.CharField(
        max_length=255, required=False, validators=[ONE_LINE], label="Its user", help_text="Empty: the same."
    )
    smtp_secret = forms.CharField(
        max_length=4000,
        required=False,
        label="Its password",
        help_text="Empty: the same.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    COMING = ("name", "way", "host", "port", "security", "user", "secret", "is_token", "folder", "path", "since")
    GOING = ("from_email", "from_name", "smtp_host", "smtp_port", "smtp_security", "smtp_user", "smtp_secret")

    def __init__(self, *args: Any, account: MailAccount | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["every_min"].unit = "min"
        for name in ("secret", "smtp_secret"):
            if account and getattr(account, name):
                self.fields[name].help_text = KEPT

    @property
    def coming(self) -> list[Any]:
        return [self[name] for name in (*self.COMING, "every_min")]

    @property
    def going(self) -> list[Any]:
        return [self[name] for name in self.GOING]

    @classmethod
    def of(cls, account: MailAccount) -> AccountForm:
        known = {name: getattr(account, name) for name in cls.base_fields if "secret" not in name}
        return cls(initial=known, account=account)


class RulesForm(forms.Form):
    text = forms.CharField(
        required=False,
        label="Your own rules",
        widget=forms.Textarea(attrs={"rows": 16, "class": "code", "spellcheck": "false"}),
        help_text="TOML. What stands here is laid over the rules below.",
    )


class BeginForm(forms.Form):
    """Which letter is to be written."""

    kind = forms.ChoiceField(choices=facts.KINDS, required=False, label="Which letter")
    tone = forms.ChoiceField(choices=Person.TONES, label="Tone")
    language = forms.ChoiceField(choices=Person.LANGUAGES[1:], label="Language")

    @classmethod
    def of(cls, letter: Outgoing) -> BeginForm:
        return cls(initial={name: getattr(letter, name) for name in cls.base_fields})


class InvoiceForm(forms.Form):
    """The facts of an invoice, which the desk does not know."""

    number = forms.CharField(max_length=60, required=False, validators=[ONE_LINE], label="Invoice")
    amount = forms.DecimalField(min_value=Decimal("0.01"), max_digits=12, decimal_places=2, required=False)
    currency = forms.RegexField("^[A-Z]{3}$", required=False, initial="EUR", label="Currency")
    due = forms.DateField(required=False, label="Was due", widget=forms.DateInput(attrs={"type": "date"}))
    degree = forms.TypedChoiceField(
        coerce=int, empty_value=1, required=False, choices=[(1, "First"), (2, "Second"), (3, "Last")], label="Reminder"
    )

    def said(self) -> dict[str, Any]:
        """What a letter is told; the amount in minor units."""
        told = dict(self.cleaned_data)
        amount = told.pop("amount", None)
        return {**told, "amount_minor": int(amount * 100) if amount else 0}


class LetterForm(forms.Form):
    account = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label="From")
    to = forms.CharField(max_length=4000, required=False, label="To")
    subject = forms.CharField(max_length=400, required=False)
    body = forms.CharField(
        required=False, label="Letter", max_length=100_000, widget=forms.Textarea(attrs={"rows": 18})
    )

    def __init__(self, accounts: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = accounts or [("", "No account sends letters yet")]

    @staticmethod
    def initial_of(letter: Outgoing) -> dict[str, Any]:
        to = ", ".join(f"{name} <{email}>" if name else email for email, name in letter.to)
        return {"account": letter.account_id, "to": to, "subject": letter.subject, "body": letter.body}
