"""Everything that the mastering desk of a mix shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from controlroom.base.errors import ControlroomError
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.mastering import blending, making, player, systems, words
from controlroom.desk.mastering.models import Mastering
from controlroom.desk.mastering.pictures import Heard, pictures_of
from controlroom.desk.mastering.steps import changes_of, minus, steps_of
from controlroom.desk.mastering.targets import BY_KEY, TARGETS
from controlroom.desk.mastering.wishes import DIMENSIONS, Chosen, Wishes, wishes_of
from controlroom.desk.review.summary import sections_of
from controlroom.desk.songs.listening import report_of, survey_of
from controlroom.desk.songs.models import Recording
from controlroom.production.plan_text import plan_of
from controlroom.rooms.mastering import MasterPlan, measure
from controlroom.sound.hearing import Hearing
from controlroom.sound.survey import Survey

MOST_OFFERED = 60
LATER = "What it has to hold is found when the master is made."
AMOUNT_SAYS = {
    "tone": "octave by octave, where both have sound",
    "dynamics": "how dense it is",
    "width": "how wide each region stands",
    "loudness": "all of it: as loud as they are",
}


def page_of(
    actor: Actor,
    mix: Recording,
    wanted: int | None,
    *,
    refused: ControlroomError | None = None,
    typed: str = "",
    wishes: Wishes | None = None,
) -> dict[str, Any]:
    """The page of a mix; `wanted`: the mastering that is heard (None: the newest).

    `refused`: why what somebody wanted cannot be; `wishes` and `typed` (the ceiling): what it was.
    """
    made = masterings_of(mix)
    shown = next((each for each in made if each.pk == wanted), made[0] if made and wanted is None else None)
    master = shown.master if shown and shown.master.state == "heard" else None
    survey = survey_of(mix) if mix.state == "heard" else None
    wishes = wishes or (wishes_of(shown.wishes) if shown else Wishes())
    references = blending.references_of(mix, wishes)
    context = {
        "song": mix.song,
        "recording": mix,
        "shown": shown,
        "master": master,
        "masterings": [_line(each) for each in made],
        "may_write": actor.may("write"),
        "refused": refused,
    }
    if mix.state != "heard":
        return context
    subject = master or mix
    compared = _compared(references, wishes)
    context |= _played(mix, master, shown, compared, references)
    if survey is None:  # an earlier version heard it: it can be played, and its masters are there
        return context
    form = form_of(mix, wishes, references) | ({"ceiling_dbtp": typed} if refused else {})
    pictures = _pictures(mix, master, compared, survey, shown)
    said = _told(survey, shown, wishes, heard=master is not None)
    return context | {"heard": True, "form": form, "services": words.services(subject), "pictures": pictures, **said}


def _told(survey: Survey, shown: Mastering | None, wishes: Wishes, *, heard: bool) -> dict[str, Any]:
    """What was measured of the mix, what is planned, and, where its master was `heard`, what came of it."""
    own = Hearing.from_survey(survey)
    report = measure(own)
    proposal = plan_of(shown.proposal, MasterPlan) if shown else making.foreseen(own, report, wishes)
    facts = shown.facts if shown and heard else {}
    return {
        "says": words.measured(report),
        "report": report,
        "figures": words.figures(report.loudness, facts.get("after")),
        "reasons": [minus(reason) for reason in proposal.reasons],
        "steps": _steps(proposal, wishes, shown if heard else None),
        "beside": words.beside(facts.get("beside")),
        "codecs": words.codecs(facts.get("overs", [])),
        "checks": words.checks(facts.get("checks", [])),
        "findings": words.findings(report, facts.get("findings")),
    }


def _played(
    mix: Recording,
    master: Recording | None,
    shown: Mastering | None,
    compared: Sequence[Recording],
    references: Sequence[Recording],
) -> dict[str, Any]:
    """What the player and the systems take: nothing of it needs to know how the mix sounds."""
    subject = master or mix
    sides = player.sides_of(mix, master, compared)
    ends = blending.ends_of(shown, references) if shown and master else None
    return {
        "subject": subject,
        "sides": sides,
        "match_says": next((side.matched for side in reversed(sides) if side.matched), ""),
        "data": player.player_data(sides, subject, shown, ends),
        "ends": ends,
        **systems.context_of(subject),
    }


def masterings_of(mix: Recording) -> list[Mastering]:
    """Of a mix, those whose master was not put away; the newest first."""
    rows = Mastering.objects.filter(mix=mix, master__archived_at=None)
    return list(rows.select_related("master__blob", "master__song"))


def _line(each: Mastering) -> dict[str, Any]:
    wishes = wishes_of(each.wishes)
    if wishes.plan:
        return {"made": each, "target": "a plan by hand"}
    toward = f", toward references, tone {100 * wishes.amounts.tone:.0f} %" if wishes.references else ""
    return {"made": each, "target": f"{BY_KEY[wishes.target].label}{toward}"}


def _compared(references: Sequence[Recording], wishes: Wishes) -> list[Recording]:
    """What stands beside the mix: the references that are wished; where none is, the first that can be heard."""
    wished = {chosen.recording for chosen in wishes.references}
    heard = [each for each in references if each.state == "heard"]
    return [each for each in heard if each.pk in wished] or heard[:1]


def form_of(mix: Recording, wishes: Wishes, references: Sequence[Recording]) -> dict[str, Any]:
    """What stands in the form that makes a master."""
    weights = {chosen.recording: chosen for chosen in wishes.references}
    ceiling = wishes.ceiling_dbtp
    return {
        "targets": TARGETS,
        "target": wishes.target,
        "ceiling_dbtp": "" if ceiling is None else f"{ceiling:g}",
        "codec_safe": wishes.codec_safe,
        "references": [
            {"recording": row, "percent": round(100 * weights.get(row.pk, Chosen(recording=row.pk, weight=0.0)).weight)}
            for row in references
        ],
        "uses_references": bool(wishes.references),
        "listening": any(row.state == "arrived" for row in references),
        "offered": _offered(mix, references),
        "amounts": [
            {"name": name, "percent": round(100 * getattr(wishes.amounts, name)), "says": AMOUNT_SAYS[name]}
            for name in DIMENSIONS
        ],
        "by_hand": bool(wishes.plan),
    }


def _offered(mix: Recording, known: Sequence[Recording]) -> list[Recording]:
    """What else of the studio may be a reference: the newest references and masters of other songs."""
    rows = Recording.objects.filter(
        studio_id=mix.studio_id, archived_at=None, state="heard", kind__in=["reference", "master"]
    )
    rows = rows.exclude(pk__in=[row.pk for row in known]).exclude(song_id=mix.song_id)
    return list(rows.select_related("song__artist").order_by("-created_at", "-pk")[:MOST_OFFERED])


def _steps(proposal: MasterPlan, wishes: Wishes, shown: Mastering | None) -> list[dict[str, Any]]:
    """The steps that can be had, whether each is on, and what it changed in the master that is shown."""
    said: dict[str, str] = {}
    if shown is not None:
        plan = plan_of(shown.plan, MasterPlan)
        said = changes_of(plan, shown.facts.get("steps", []), shown.facts.get("taken", {}))
    steps = steps_of(proposal)
    if shown is None and proposal.target_lufs is None:  # nobody knows yet how far the level goes up
        steps = [step if step.may_rest else step._replace(reason=LATER) for step in steps]
    return [{"step": step, "on": step.key not in wishes.off, "changed": said.get(step.key)} for step in steps]


def _pictures(
    mix: Recording, master: Recording | None, references: Sequence[Recording], survey: Any, shown: Mastering | None
) -> Any:
    after = survey_of(master) if master else None
    versions = [Heard(f"Before, {mix.label}", survey)]
    if master and after:
        versions.append(Heard(f"After, {master.label}", after))
    others = [Heard(row.name, found) for row in references if (found := survey_of(row)) is not None]
    plan = plan_of(shown.plan, MasterPlan) if shown and master else None
    return pictures_of(versions, others, sections_of(report_of(mix)), plan)
