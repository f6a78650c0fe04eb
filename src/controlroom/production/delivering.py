"""What leaves the house: files with tags, cover, master sheet and manifest, from the undithered masters."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import msgspec

from controlroom.base.canonical import identity
from controlroom.base.errors import InputRefused
from controlroom.base.finding import Finding
from controlroom.base.progress import Progress, scaled
from controlroom.production.alternates import alternate_masters, supplied
from controlroom.production.options import Asked
from controlroom.production.plan_text import checked_delivery
from controlroom.production.results import Story
from controlroom.production.workshop import Workshop, plan_findings
from controlroom.rooms import delivery, listening
from controlroom.rooms.delivery import Cover, Delivered, DeliveryPlan, Marker, Rights, read_cover
from controlroom.rooms.delivery.rights import Settled
from controlroom.song.model import Sheet
from controlroom.sound.files import Credit, probe
from controlroom.sound.form import Section

SHARE_ALTERNATES = 0.4
BEGUN = "begun"  # the names of files that a walk has set out to write


def deliver_master(story: Story, shop: Workshop, outputs: list[Path], progress: Progress) -> Story:
    """Settle what is delivered, and write what is not there yet."""
    master, folder, asked = story.the_master, shop.out / "delivery", shop.asked
    settled = shop.plan(folder / "plan.toml", _proposal(story, asked, _markers(story, shop)))
    plan = checked_delivery(settled.plan)
    cover, faults = _cover(story, asked)
    rights = rights_of(story.material.song.sheet)
    versions = {version: plan.rates_of(version) for version in plan.versions}
    share = SHARE_ALTERNATES if versions else 0.0
    alternates = alternate_masters(story, shop, versions, scaled(progress, 0.0, share))
    key = identity("delivery", delivery.ENGINE, plan, master.facts.key, rights, _mark(cover))
    delivered = shop.ledger.recall("deliveries", key, Delivered)
    files = [folder / file.path for file in delivered.files] if delivered else []
    begun = shop.ledger.recall("deliveries", BEGUN, tuple[str, ...]) or ()
    if delivered is None or not all(shop.keeps("delivery", path, key) for path in files):
        shop.ledger.keep("deliveries", BEGUN, sorted({*begun, *map(plan.file_name, plan.items)}))
        delivered = delivery.render(
            master.paths,
            plan,
            folder,
            scaled(progress, share, 1.0),
            alternates=alternates,
            cover=cover,
            rights=rights,
        )
        files = [folder / file.path for file in delivered.files]
        for path in files:
            shop.ledger.record(path, key)
        shop.ledger.keep("deliveries", key, delivered)
    shop.tidy(folder, keep=files)
    _clear(folder, {folder / name for name in begun} - set(files))
    shop.ledger.keep("deliveries", BEGUN, ())
    outputs += [*files, folder / "plan.toml"]
    found = (*faults, *plan_findings(folder / "plan.toml", settled), *delivered.findings)
    return story.with_(delivered=msgspec.structs.replace(delivered, findings=found))


def _clear(folder: Path, left: set[Path]) -> None:
    """Remove what a walk that was stopped in its middle had begun here, written whole or not."""
    for path in (*left, *folder.glob(".*.part.*")):
        path.unlink(missing_ok=True)


def _mark(cover: Cover | None) -> str:
    return hashlib.sha256(cover.data).hexdigest() if cover else ""


def _markers(story: Story, shop: Workshop) -> tuple[Marker, ...]:
    """The markers that came with the mix; else where the sections of the song begin. Those are heard when somebody
    asks for a delivery, since that takes as long as the rest of it, and remembered for every walk after."""
    mix = story.the_mix
    key = identity("markers", listening.ENGINE, mix.key)
    known = shop.ledger.recall("markers", key, tuple[Marker, ...])
    if known is None:
        info = probe(mix.path)
        known = tuple(Marker(at_s=cue.at_frame / info.rate_hz, label=cue.label) for cue in info.cues if cue.label)
        if not known and shop.options.delivery is None:
            return ()
        known = known or section_markers(listening.listen_to(mix.path).form.sections)
        shop.ledger.keep("markers", key, known)
    return known


def section_markers(sections: Sequence[Section]) -> tuple[Marker, ...]:
    """A marker for each section: its name where that is sure, else the letter that it shares with its repeats. Where
    it is one throughout there is nothing to mark."""
    if len(sections) < 2:
        return ()
    return tuple(
        Marker(at_s=one.start_s, label=f"Section {one.letter}" if one.label == "section" else one.label.capitalize())
        for one in sections
    )


def _proposal(story: Story, asked: Asked, markers: tuple[Marker, ...]) -> DeliveryPlan:
    """The files that were asked for, and of the versions that came with the mix; all that the song's sheet says."""
    sheet, master = story.material.song.sheet, story.the_master
    return delivery.decide(
        rate_hz=master.plan.rate_hz,
        channels=master.survey.channels,
        formats=asked.formats,
        destinations=asked.destinations,
        alternates=tuple(dict.fromkeys((*supplied(story), *asked.alternates))),
        title=story.title,
        artist=sheet.artist,
        album=sheet.album,
        composer=", ".join(split.name for split in sheet.splits if split.of == "work"),
        copyright=sheet.copyright,
        date=sheet.date,
        isrc=sheet.isrc,
        upc=sheet.upc,
        label=sheet.label,
        language=sheet.language,
        explicit=sheet.explicit,
        lyrics=story.material.lyrics,
        markers=markers,
        credits=tuple(Credit(person.name, role) for person in sheet.people for role in person.roles),
    )


def rights_of(sheet: Sheet) -> Rights:
    """What the sheet says of splits and samples: shares that do not add up are not agreed, whatever it says."""
    totals: dict[str, Fraction] = {}
    for split in sheet.splits:
        totals[split.of] = totals.get(split.of, Fraction(0)) + split.share
    adds_up = all(total == 1 for total in totals.values())
    splits: Settled = "unknown"
    if sheet.splits_agreed is False or not adds_up:
        splits = "no"
    elif sheet.splits_agreed and totals:
        splits = "yes"
    samples: dict[str | None, Settled] = {"none": "yes", "cleared": "yes", "open": "no", None: "unknown"}
    return Rights(splits_agreed=splits, samples_cleared=samples[sheet.samples])


def _cover(story: Story, asked: Asked) -> tuple[Cover | None, tuple[Finding, ...]]:
    """The cover that was named, or lies beside the song. One that was named has to be an image (`InputRefused`)."""
    path = Path(asked.cover) if asked.cover else story.material.cover
    if path is None:
        return None, ()
    try:
        cover = read_cover(path.read_bytes())
    except OSError as error:
        raise InputRefused(path, error.strerror or "it cannot be read", "Name an image that is there.") from error
    if cover is None and asked.cover:
        raise InputRefused(path, "it is neither a JPEG nor a PNG that can be read", "Export the cover as JPEG or PNG.")
    fault = Finding(code="cover_unreadable", severity="warning", args={"name": path.name})
    return cover, (() if cover else (fault,))
