"""The report page: the story of a walk, told to a producer."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from controlroom.base.files import write_text
from controlroom.base.finding import Finding
from controlroom.base.progress import SILENT, Progress
from controlroom.base.words import counted
from controlroom.production.report.chapters import beside_of, edits_of, master_steps, strips_of, takes_of
from controlroom.production.report.players import Player, players
from controlroom.production.report.words import spoken
from controlroom.production.results import Story
from controlroom.production.workshop import KEPT, Workshop
from controlroom.sound import drawing
from controlroom.sound.drawing import Curve, loudness_over_time, spectra, waveform
from controlroom.sound.meter import Loudness
from controlroom.sound.spectrum import THIRD_OCTAVES_HZ, third_octave_levels_db
from controlroom.sound.survey import Survey


def write_report(story: Story, shop: Workshop, runs: Sequence[Any], progress: Progress = SILENT) -> Path:
    """Write `out/report.html`; it makes no request to anywhere."""
    page = shop.out / "report.html"
    sounds = players(story, shop, progress)
    write_text(page, _template().render(**_facts(story, shop, runs, sounds)))
    return page


def _template() -> jinja2.Template:
    home = files("controlroom.production.report")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.globals["style"] = Markup(drawing.style() + home.joinpath("style.css").read_text(encoding="utf-8"))
    environment.globals["script"] = Markup(home.joinpath("player.js").read_text(encoding="utf-8"))
    return environment.from_string(home.joinpath("page.html.j2").read_text(encoding="utf-8"))


def _facts(story: Story, shop: Workshop, runs: Sequence[Any], sounds: Sequence[Player]) -> dict[str, Any]:
    sheet, master, mix = story.material.song.sheet, story.master, story.mix
    shown = master.survey if master else mix.survey if mix else None
    tempo = f"{sheet.tempo_bpm:g} BPM" if sheet.tempo_bpm else None
    takes = takes_of(story)
    return {
        "title": story.title,
        "artist": sheet.artist,
        "chips": [chip for chip in (sheet.key, tempo, _length(shown)) if chip],
        "summary": " ".join(told(story)),
        "players": sounds,
        "seconds": round(shown.frames / shown.rate_hz, 2) if shown else 0,
        "match_says": _match(sounds),
        "wave": _wave(shown, story.title),
        "figures_line": _figures_line(shown.loudness) if shown else "",
        "master_figures": _figures(master.facts.loudness, mix.survey.loudness) if master and mix else [],
        "master_steps": master_steps(master) if master else [],
        "master_findings": spoken(master.findings) if master else [],
        "loudness": _loudness(story),
        "spectrum": _spectrum(story),
        "tracks": strips_of(mix) if mix else [],
        "mix_says": " ".join(mix.plan.reasons) if mix and mix.plan else "",
        "mix_findings": spoken(mix.findings) if mix else [],
        "edits": edits_of(story),
        "takes": takes,
        "takes_say": _takes_say(takes),
        "song_findings": spoken([*story.material.findings, *story.findings, *_delivery_findings(story)]),
        "beside": beside_of(story.material),
        "files": _files(story, shop),
        "stages": [_stage(run) for run in runs],
    }


def told(story: Story) -> list[str]:
    """What came of the walk, in sentences."""
    lines = []
    if story.checked:
        lines.append(_takes_say(takes_of(story)))
    if story.mix:
        lines.append(f"Mix: {_figures_line(story.mix.survey.loudness)}.")
    if story.master:
        lines.append(f"Master: {_figures_line(story.master.facts.loudness)}.")
    if story.delivered:
        lines.append(f"{counted(len(story.delivered.files), 'file')} in out/delivery.")
    lines += [finding.says() for finding in story.every_finding if finding.code in KEPT]
    return [line for line in lines if line]


def _length(survey: Survey | None) -> str | None:
    if survey is None:
        return None
    seconds = round(survey.frames / survey.rate_hz)
    return f"{seconds // 60}:{seconds % 60:02d}"


def _figures_line(loudness: Loudness) -> str:
    parts = [
        (loudness.integrated_lufs, "LUFS"),
        (loudness.true_peak_dbtp, "dBTP"),
        (loudness.range_lu, "LU range"),
    ]
    said = [f"{value:.1f} {unit}" for value, unit in parts if value is not None]
    return " · ".join(said) or "silence"


def _figures(after: Loudness, before: Loudness) -> list[tuple[str, str, str]]:
    rows = (
        ("Integrated", after.integrated_lufs, before.integrated_lufs, "LUFS"),
        ("True peak", after.true_peak_dbtp, before.true_peak_dbtp, "dBTP"),
        ("Loudness range", after.range_lu, before.range_lu, "LU"),
        ("Loudest 3 s", after.max_short_term_lufs, before.max_short_term_lufs, "LUFS"),
        ("Peak to loudness", after.plr_db, before.plr_db, "dB"),
    )
    return [
        (name, f"{now:.1f}", f"{unit}, mix {then:.1f}" if then is not None else unit)
        for name, now, then, unit in rows
        if now is not None
    ]


def _match(sounds: Sequence[Any]) -> str:
    turned = [sound for sound in sounds if sound.gain_db < 0]
    return f"Matched: {turned[0].label} {turned[0].gain_db:.1f} dB" if turned else "Matched"


def _wave(survey: Survey | None, title: str) -> Markup:
    if survey is None:
        return Markup()
    return waveform(survey.waveform, f"Waveform of {title}")


def _sounds(story: Story) -> list[tuple[str, str, Survey]]:
    mix = [("Mix", "before", story.mix.survey)] if story.mix else []
    return mix + ([("Master", "after", story.master.survey)] if story.master else [])


def _loudness(story: Story) -> Markup | None:
    curves = []
    for label, tone, survey in _sounds(story):
        series = survey.loudness_series
        levels = series.short_term_lufs
        curves.append(Curve(label, tone, [series.hop_s * (k + 1) for k in range(len(levels))], levels))
    return loudness_over_time(curves, "Short-term loudness of mix and master over time") if curves else None


def _spectrum(story: Story) -> Markup | None:
    curves = []
    for label, tone, survey in _sounds(story):
        levels = third_octave_levels_db(survey.spectrum)
        heard = levels[levels > -150]
        if len(heard):
            curves.append(Curve(label, tone, THIRD_OCTAVES_HZ, levels - heard.max()))
    return spectra(curves, "Third-octave spectrum of mix and master") if curves else None


def _takes_say(takes: Sequence[dict[str, Any]]) -> str:
    if not takes:
        return ""
    count = {verdict: sum(take["verdict"] == verdict for take in takes) for verdict in ("keeper", "usable", "retake")}
    said = [
        f"{number} {'to play again' if verdict == 'retake' else verdict}" for verdict, number in count.items() if number
    ]
    return f"{counted(len(takes), 'recording')} checked: {', '.join(said)}."


def _delivery_findings(story: Story) -> Sequence[Finding]:
    return story.delivered.findings if story.delivered else ()


def _files(story: Story, shop: Workshop) -> list[dict[str, str]]:
    if story.delivered is None:
        return []
    return [
        {
            "path": file.path,
            "kind": file.kind,
            "size": f"{file.bytes / 1e6:.1f} MB" if file.bytes > 99_999 else f"{file.bytes / 1e3:.1f} kB",
            "sha256": file.sha256,
        }
        for file in story.delivered.files
    ]


def _stage(run: Any) -> dict[str, str]:
    says = counted(len(run.outputs), "file") if run.outputs else ""
    return {"name": run.name, "seconds": f"{run.seconds:.1f} s", "says": says}
