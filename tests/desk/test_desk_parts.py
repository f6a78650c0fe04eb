"""The parts that every page is made of say what they should, to eyes, ears and htmx."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest
from django import forms
from django.template.loader import render_to_string

WRITER = SimpleNamespace(name="Ada", rights={"read", "write"})
READER = SimpleNamespace(name="Ben", rights={"read"})


def _job(state: str = "running", **more: object) -> SimpleNamespace:
    facts = {"pk": 7, "says": "Mixing Salt", "step": "14 of 19 tracks", "progress": 0.74, "left_s": 21.0}
    rest = {"state": state, "is_live": state in ("waiting", "running"), "cancel": False, "error": "", "result": None}
    return SimpleNamespace(**(facts | rest | more))


def _drawn(part: str, **context: object) -> str:
    return render_to_string(f"desk/parts/{part}.html", context)


@pytest.mark.parametrize(("state", "asks"), [("waiting", True), ("running", True), ("done", False), ("failed", False)])
def test_a_job_asks_for_itself_only_while_it_is_live(state, asks):
    drawn = _drawn("job", job=_job(state), actor=WRITER)
    assert ('hx-trigger="every 1s"' in drawn) is asks
    assert ("<progress" in drawn) is asks


def test_a_running_job_says_how_far_and_how_long_and_a_waiting_one_claims_nothing():
    running = _drawn("job", job=_job(), actor=WRITER)
    assert 'value="0.74"' in running
    assert "about 0:21 left" in running
    waiting = _drawn("job", job=_job("waiting", left_s=None), actor=WRITER)
    assert "value=" not in waiting.split("<progress")[1].split(">")[0]
    assert "waits for its turn" in waiting


def test_only_who_may_write_stops_a_job_or_tries_it_again():
    assert "Stop" in _drawn("job", job=_job(), actor=WRITER)
    assert "Stop" not in _drawn("job", job=_job(), actor=READER)
    failed = _job("failed", error="The disk is full. Make room.")
    assert "Try again" in _drawn("job", job=failed, actor=WRITER)
    drawn = _drawn("job", job=failed, actor=READER)
    assert "Try again" not in drawn
    assert "The disk is full. Make room." in drawn


class Plan(forms.Form):
    gain = forms.FloatField(label="Gain", help_text="Proposed −2.0 dB.")
    anew = forms.BooleanField(label="All anew", required=False)


def test_a_wrong_field_names_its_help_and_its_error():
    form = Plan({"gain": "loud"})
    form.fields["gain"].unit = "dB"
    drawn = _drawn("field", field=form["gain"])
    described = re.search(r'aria-describedby="([^"]+)"', drawn).group(1).split()
    assert len(described) == 2
    assert all(f'id="{name}"' in drawn for name in described)
    assert 'aria-invalid="true"' in drawn
    assert "<span>dB</span>" in drawn


def test_every_field_has_its_label():
    for field in Plan():
        assert f'<label for="{field.id_for_label}">{field.label}</label>' in _drawn("field", field=field)


def test_a_finding_says_how_grave_it_is_in_a_word():
    finding = {"severity": "blocking", "says": "The take is clipped.", "start_s": 62.1, "end_s": None}
    drawn = _drawn("finding", finding=finding)
    assert "must be put right" in drawn
    assert "1:02.1" in drawn


def test_a_refusal_goes_to_the_toasts_and_leaves_the_page():
    drawn = _drawn("refusal", says="That song is delivered.")
    assert 'id="toasts" hx-swap-oob="beforeend"' in drawn
    assert "That song is delivered." in drawn


def test_htmx_puts_only_wrong_forms_into_the_page():
    page = render_to_string("desk/500.html")
    config = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", page).group(1))
    assert {403, 404, 429, "5xx"} <= set(config["noSwap"])
    assert 422 not in config["noSwap"]
    assert config["includeIndicatorCSS"] is False


@pytest.mark.parametrize("page", ["403", "404", "429", "500"])
def test_a_page_of_refusal_needs_no_user_and_no_database(page):
    drawn = render_to_string(f"desk/{page}.html")
    assert "data-says" in drawn
    assert 'class="rooms"' not in drawn
