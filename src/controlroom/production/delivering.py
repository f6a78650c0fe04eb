"""What leaves the house: files with tags, a manifest and checksums, from the undithered masters."""

from __future__ import annotations

from pathlib import Path

from controlroom.base.canonical import identity
from controlroom.base.progress import Progress
from controlroom.production.plan_text import checked_delivery
from controlroom.production.results import Story
from controlroom.production.workshop import Workshop, plan_findings
from controlroom.rooms import delivery
from controlroom.rooms.delivery import Delivered


def deliver_master(story: Story, shop: Workshop, outputs: list[Path], progress: Progress) -> Story:
    """Settle what is delivered, and write what is not there yet."""
    master, sheet, folder = story.the_master, story.material.song.sheet, shop.out / "delivery"
    proposal = delivery.decide(
        rate_hz=master.plan.rate_hz,
        channels=master.survey.channels,
        title=story.title,
        artist=sheet.artist,
        composer=", ".join(split.name for split in sheet.splits if split.of == "work"),
        isrc=sheet.isrc,
    )
    settled = shop.plan(folder / "plan.toml", proposal)
    checked_delivery(settled.plan)
    key = identity("delivery", delivery.ENGINE, settled.plan, master.facts.key)
    delivered = shop.ledger.recall("deliveries", key, Delivered)
    files = [folder / file.path for file in delivered.files] if delivered else []
    if delivered is None or not all(shop.keeps("delivery", path, key) for path in files):
        delivered = delivery.render(master.paths, settled.plan, folder, progress)
        files = [folder / file.path for file in delivered.files]
        for path in files:
            shop.ledger.record(path, key)
        shop.ledger.keep("deliveries", key, delivered)
    shop.tidy(folder, keep=files)
    outputs += [*files, folder / "plan.toml"]
    return story.with_(delivered=delivered, findings=(*story.findings, *plan_findings(folder / "plan.toml", settled)))
