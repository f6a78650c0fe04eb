"""The desk's pages: colours that can be read, assets that come from here and nowhere else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

DESK = Path(__file__).resolve().parents[2] / "src" / "controlroom" / "desk"
ASSETS = DESK / "assets"
STYLES = sorted((ASSETS / "style").glob("*.css"))
GROUNDS = ("ground", "panel", "raised")
STATES = ("tape", "ok", "warn", "bad", "info")

TEXT = [(ink, on) for ink in ("ink", "ink-2", "ink-3", *STATES) for on in GROUNDS]
TEXT += [(state, f"{state}-soft") for state in STATES]
TEXT += [("ink", f"{state}-soft") for state in STATES]
TEXT += [("on-tape", "tape"), ("on-tape", "tape-over"), ("on-info", "info")]
CONTROLS = [(part, on) for part in ("edge", "focus", "wave-played", "wave-ahead", "playhead") for on in GROUNDS]


def _tokens() -> str:
    return (ASSETS / "style" / "tokens.css").read_text()


def _palettes() -> dict[str, dict[str, str]]:
    light, dark = _tokens().split("@media (prefers-color-scheme: dark)")
    found = {
        name: dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})[;\s]", part))
        for name, part in (("light", light), ("dark", dark))
    }
    assert found["light"].keys() == found["dark"].keys()
    return found


def _luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_is_that_of_the_standard():
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("least", "pairs"), [(4.5, TEXT), (3.0, CONTROLS)], ids=["text", "controls"])
def test_colours_can_be_told_apart(scheme, least, pairs):
    palette = _palettes()[scheme]
    weak = {
        f"{one} on {other}": round(ratio, 2)
        for one, other in pairs
        if (ratio := _contrast(palette[one], palette[other])) < least
    }
    assert weak == {}


def test_styles_name_only_tokens_that_exist():
    text = "".join(path.read_text() for path in STYLES)
    made = set(re.findall(r"(--[a-z0-9-]+):", text))
    used = set(re.findall(r"var\((--[a-z0-9-]+)", text))
    assert used - made == set()
    assert made - used == set(), "a token that nothing uses"


def test_colours_stand_in_the_tokens_alone():
    loose = {
        path.name: found
        for path in STYLES
        if path.name not in {"tokens.css", "print.css"}
        and (found := re.findall(r"#[0-9a-f]{3,8}\b(?![^{]*\{)", path.read_text()))
    }
    assert loose == {}


def test_nothing_that_is_read_is_smaller_than_15_px():
    sizes = {name: float(rem) * 16 for name, rem in re.findall(r"--(text[a-z0-9-]*|title-\d): ([0-9.]+)rem", _tokens())}
    assert sizes.pop("text-key") >= 13  # printed keys and the names of groups
    assert min(sizes.values()) >= 15
    for path in STYLES:
        assert re.findall(r"font-size: (?!var\(|0\.93em)[^;]*", path.read_text()) == [], path.name


def test_every_package_is_pinned_exactly_and_the_lock_names_no_registry():
    package = json.loads((ASSETS / "package.json").read_text())
    lock = json.loads((ASSETS / "package-lock.json").read_text())
    wanted = package["dependencies"] | package["devDependencies"]
    assert {name: v for name, v in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", v)} == {}
    for path, entry in lock["packages"].items():
        assert "resolved" not in entry, path
        assert not path or entry["integrity"].startswith("sha512-"), path
    assert {name: lock["packages"][f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_templates_bear_no_inline_script_or_style():
    for path in DESK.rglob("templates/**/*.html"):
        text = re.sub(r"{#.*?#}", "", path.read_text())
        assert not re.search(r"\son[a-z]+=|\shx-on|\sstyle=|<style|javascript:|hx-vals=.js:", text), path.name
        for tag in re.findall(r"<script[^>]*>", text):
            assert "src=" in tag, f"{path.name}: {tag}"
        assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", text), path.name


@pytest.fixture(scope="module")
def built() -> Path:
    folder = DESK / "static" / "desk"
    if not (folder / "desk.css").exists():
        pytest.skip("the desk's assets are not built; `make test` builds them, or tools/assets")
    return folder


def test_what_is_built_asks_no_other_host(built):
    for path in [*built.glob("*.js"), *built.glob("*.css")]:
        hosts = set(re.findall(r"""["'(`](?:https?:)?//([a-z0-9.-]+)""", path.read_text()))
        assert hosts <= {"www.w3.org"}, path.name  # the names of SVG and XHTML, never fetched


def test_what_is_built_evaluates_nothing_of_ours_and_names_its_licences(built):
    licences = (built / "LICENSES.txt").read_text()
    assert {"htmx.org", "inter-ui"} <= set(re.findall(r"^(\S+) \d+\.\d+\.\d+ \(", licences, re.M))
    assert "SIL OPEN FONT LICENSE" in licences
    for path in built.glob("*.js"):
        assert "sourceMappingURL" not in path.read_text()


def test_every_address_in_the_styles_is_there(built):
    text = (built / "desk.css").read_text()
    files = [name for name in re.findall(r"url\(\"?([^\")]+)\"?\)", text) if not name.startswith("data:")]
    assert files
    assert [name for name in files if not (built / name).exists()] == []
