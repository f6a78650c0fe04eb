"""Signing in and out, one's own settings, and who else works here."""

from __future__ import annotations

from typing import Any

from django.contrib import auth, messages
from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from controlroom.base.errors import UsageError
from controlroom.desk.accounts import actions
from controlroom.desk.accounts.forms import ColleagueForm, PasswordForm, ProfileForm, StudioForm
from controlroom.desk.accounts.models import User
from controlroom.desk.accounts.rights import needs, open_to_all

TRIES = 10
TRIES_WITHIN_S = 300


@open_to_all("GET", "POST")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for mail address and password; ten wrong tries close the door for five minutes."""
    following = _following(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(following)
    door = f"sign-in:{request.META.get('REMOTE_ADDR', '')}"
    if request.method == "POST" and cache.get(door, 0) >= TRIES:
        return render(request, "desk/429.html", status=429)
    form = AuthenticationForm(request, request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            cache.delete(door)
            auth.login(request, form.get_user())
            return HttpResponseRedirect(following)
        cache.add(door, 0, TRIES_WITHIN_S)
        cache.incr(door)
    status = 422 if form.errors else 200
    return render(request, "accounts/login.html", {"form": form, "next": following}, status=status)


def _following(request: HttpRequest) -> str:
    wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and safe else resolve_url("today")


@open_to_all("POST")
def sign_out(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("login")


@needs("read")
def settings(request: Any) -> HttpResponse:
    return _settings(request)


def _settings(request: Any, status: int = 200, **forms: Any) -> HttpResponse:
    user = request.user
    context = {
        "profile": ProfileForm(
            initial={"name": user.name, "time_zone": user.time_zone, "wants_mail": user.wants_mail}, prefix="profile"
        ),
        "password": PasswordForm(prefix="password"),
        "studio_form": StudioForm(initial={"name": user.studio.name, "time_zone": user.studio.time_zone}),
        "colleague": ColleagueForm(initial={"role": "engineer"}, prefix="colleague"),
        "colleagues": User.objects.filter(studio_id=request.actor.studio_id).order_by("pk"),
        "roles": User.ROLES,
    }
    return render(request, "accounts/settings.html", context | forms, status=status)


@needs("read", "POST")
def profile(request: Any) -> HttpResponse:
    form = ProfileForm(request.POST, prefix="profile")
    if not form.is_valid():
        return _settings(request, 422, profile=form)
    actions.change_self(request.actor, **form.cleaned_data)
    messages.success(request, "Saved.")
    return redirect("settings")


@needs("read", "POST")
def password(request: Any) -> HttpResponse:
    form = PasswordForm(request.POST, prefix="password")
    if form.is_valid():
        try:
            user = actions.change_password(request.actor, **form.cleaned_data)
        except UsageError as error:
            form.add_error(None, str(error))
        else:
            auth.update_session_auth_hash(request, user)
            messages.success(request, "The new password holds from now on.")
            return redirect("settings")
    return _settings(request, 422, password=form)


@needs("manage", "POST")
def studio(request: Any) -> HttpResponse:
    form = StudioForm(request.POST)
    if not form.is_valid():
        return _settings(request, 422, studio_form=form)
    actions.rename_studio(request.actor, **form.cleaned_data)
    messages.success(request, "Saved.")
    return redirect("settings")


@needs("manage", "POST")
def invite(request: Any) -> HttpResponse:
    form = ColleagueForm(request.POST, prefix="colleague")
    if form.is_valid():
        try:
            user, word = actions.invite_user(request.actor, **form.cleaned_data)
        except UsageError as error:
            form.add_error("email", str(error))
        else:
            messages.success(
                request, f"{user.name} can sign in with {user.email} and the password {word}. It is shown this once."
            )
            return redirect("settings")
    return _settings(request, 422, colleague=form)


@needs("manage", "POST")
def colleague(request: Any, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk, studio_id=request.actor.studio_id)
    role = request.POST.get("role", user.role)
    role = role if role in dict(User.ROLES) else user.role
    try:
        actions.change_user(request.actor, user, role=role, is_active=request.POST.get("is_active") == "on")
    except UsageError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Saved: {user.name}.")
    return redirect("settings")
