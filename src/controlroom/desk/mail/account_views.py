"""Settings of mail: accounts and rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.rights import needs
from controlroom.desk.mail import account_actions, actions, jobs
from controlroom.desk.mail.forms import AccountForm, RulesForm
from controlroom.desk.mail.models import FetchedMail, MailAccount, MailRules
from controlroom.rooms.correspondence.triage import Rules

FIRST_LOOK = timedelta(days=30)
"""So far back a new account reads, unless one says another day: what was urgent in spring is not so today."""


def account_of(request: Any, pk: int) -> MailAccount:
    """An account of the actor's studio; 404 for any other, and for one that was removed."""
    return get_object_or_404(MailAccount, pk=pk, studio_id=request.actor.studio_id, removed_at=None)


@needs("manage")
def accounts(request: Any) -> HttpResponse:
    """Where mail comes from and goes out through."""
    rows = MailAccount.objects.filter(studio_id=request.actor.studio_id, removed_at=None)
    return render(request, "mail/accounts.html", {"accounts": rows})


@needs("manage", "GET", "POST")
def new(request: Any) -> HttpResponse:
    own = {"from_email": request.user.email, "from_name": request.user.name}
    form = AccountForm(request.POST or None, initial={"since": timezone.localdate() - FIRST_LOOK, **own})
    if request.method == "POST" and form.is_valid():
        try:
            made = account_actions.add_account(request.actor, **form.cleaned_data)
        except UsageError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Added, and being asked for mail.")
            return redirect("mail-account", pk=made.pk)
    return render(request, "mail/account.html", {"form": form}, status=422 if form.errors else 200)


@needs("manage", "GET", "POST")
def account(request: Any, pk: int) -> HttpResponse:
    row = account_of(request, pk)
    form = AccountForm(request.POST, account=row) if request.method == "POST" else AccountForm.of(row)
    if request.method == "POST" and form.is_valid():
        try:
            account_actions.change_account(request.actor, row, **form.cleaned_data)
        except UsageError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved.")
            return redirect("mail-account", pk=pk)
    return _account(request, row, form, 422 if form.errors else 200)


def _account(request: Any, row: MailAccount, form: AccountForm, status: int = 200, **more: Any) -> HttpResponse:
    unreadable = FetchedMail.objects.filter(account=row).exclude(refusal="").order_by("-pk")[:5]
    context = {"account": row, "form": form, "unreadable": unreadable, **more}
    return render(request, "mail/account.html", context, status=status)


@needs("manage", "POST")
def try_it(request: Any, pk: int) -> HttpResponse:
    """Whether mail can be fetched and sent with what is kept."""
    row = account_of(request, pk)
    return _account(request, row, AccountForm.of(row), tried=account_actions.try_account(request.actor, row))


@needs("manage", "POST")
def fetch(request: Any, pk: int) -> HttpResponse:
    jobs.ask_fetch(account_of(request, pk))
    messages.success(request, "It is being asked.")
    return redirect("mail-account", pk=pk)


@needs("manage", "POST")
def remove(request: Any, pk: int) -> HttpResponse:
    row = account_actions.remove_account(request.actor, account_of(request, pk))
    messages.success(request, f"{row.name} is asked no more. What came from it stays.")
    return redirect("mail-accounts")


@needs("manage", "GET", "POST")
def rules(request: Any) -> HttpResponse:
    """The rules of sorting: the studio's own, as a text that is changed here, over those of the house."""
    kept = MailRules.objects.filter(studio_id=request.actor.studio_id).first()
    form = RulesForm(request.POST if request.method == "POST" else None, initial={"text": kept.text if kept else ""})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_rules(request.actor, form.cleaned_data["text"])
        except UsageError as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, "Saved. What came in is being sorted anew.")
            return redirect("mail-rules")
    context = {"form": form, "shipped": Rules.shipped_text(), "own": bool(kept and kept.text)}
    return render(request, "mail/rules.html", context, status=422 if form.errors else 200)


@needs("manage", "POST")
def revert(request: Any) -> HttpResponse:
    """The house's rules alone."""
    actions.change_rules(request.actor, "")
    messages.success(request, "The house's rules hold again.")
    return redirect("mail-rules")
