"""References as the command line and a song's sheet name them: files with weights, kept profiles, amounts."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from controlroom.base.errors import InputRefused, UsageError
from controlroom.base.files import write_text
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mastering.reference import (
    Amounts,
    Comparison,
    Guide,
    Profile,
    Refused,
    bands_picture,
    correction_picture,
    from_toml,
    merged,
    profile,
    spectrum_picture,
    to_toml,
)
from controlroom.sound.drawing import standalone
from controlroom.sound.files import AudioFile

PICTURES = {"spectrum": spectrum_picture, "correction": correction_picture, "bands": bands_picture}


class Named(NamedTuple):
    """A recording, or a kept profile (`.toml`), and how much it counts."""

    path: Path
    weight: float = 1.0


class Toward(NamedTuple):
    """What a master should go toward, how far, and what is kept of it: the profile, pictures of what was changed."""

    references: Sequence[Named]
    amounts: Amounts = Amounts()
    save_profile: Path | None = None
    pictures: Path | None = None

    def guide(self, progress: Progress = SILENT) -> Guide | None:
        """Read the references, and keep their profile where that was asked; None where nobody named one."""
        if not self.references:
            return None
        made = read_profile(self.references, progress)
        if self.save_profile:
            write_text(self.save_profile, to_toml(made))
        return Guide(profile=made, amounts=self.amounts)


def toward_of(
    references: Sequence[str],
    amounts: str | None = None,
    save_profile: Path | None = None,
    pictures: Path | None = None,
) -> Toward:
    """What the options of the command line say; raises `UsageError`."""
    if not references and (amounts or save_profile or pictures):
        raise UsageError("--amount, --save-profile and --pictures", "they need a reference", "Add --reference FILE.")
    return Toward([named(said) for said in references], amounts_of(amounts), save_profile, pictures)


def named(said: str) -> Named:
    """What `--reference` says: FILE or FILE=0.5; raises `UsageError` for a weight that is no number above 0."""
    path, sign, weight = said.rpartition("=")
    if not sign or Path(said).exists():
        return Named(Path(said))
    try:
        figure = float(weight)
    except ValueError:
        if not Path(path).is_file():  # the name of a file that is not there
            return Named(Path(said))
        figure = 0.0
    if not 0.0 < figure < 1e6:
        raise UsageError(f"--reference {said}", "its weight is no number above 0", "Try FILE=0.5.")
    return Named(Path(path), figure)


def amounts_of(said: str | None) -> Amounts:
    """What `--amount` says: "tone=0.5,width=0"; what is not said keeps its usual amount. Raises `UsageError`."""
    if not said:
        return Amounts()
    given: dict[str, float] = {}
    known = Amounts.__struct_fields__
    for part in said.split(","):
        name, _, figure = part.partition("=")
        try:
            given[name.strip().lower()] = float(figure)
        except ValueError:
            raise UsageError(f"--amount {said}", f"{part.strip()!r} is no amount", "Try tone=0.5,width=0.") from None
    if unknown := set(given) - set(known):
        raise UsageError(f"--amount {said}", f"there is no {unknown.pop()}", f"Choose from {', '.join(known)}.")
    return Amounts(**given)


def read_profile(references: Sequence[Named], progress: Progress = SILENT) -> Profile:
    """The profile of all references by their weights; raises `InputRefused` for what cannot be read, and where no
    reference is left that tells anything."""
    made, weights = [], []
    left_out: list[tuple[Path, Refused]] = []
    with ExitStack() as files:
        for k, one in enumerate(references):
            part = scaled(progress, k / len(references), (k + 1) / len(references), "references")
            if one.path.suffix.lower() == ".toml":
                made.append(_kept(one.path))
            else:
                signal = files.enter_context(AudioFile(one.path))
                try:
                    made.append(profile([signal], names=[one.path.stem], progress=part))
                except Refused as reason:
                    left_out.append((one.path, reason))
                    continue
            weights.append(one.weight)
    if left_out and not made:
        path, refused = left_out[0]
        raise InputRefused(path, refused.why, refused.next_step)
    whole = merged(made, weights)
    return replace(whole, findings=(*(refused.finding for _, refused in left_out), *whole.findings))


def _kept(path: Path) -> Profile:
    try:
        return from_toml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, UsageError) as error:
        why = error.why if isinstance(error, UsageError) else str(error).splitlines()[0]
        raise InputRefused(path, f"it is no profile of references ({why})", "Keep one with --save-profile.") from error


def write_pictures(folder: Path, comparison: Comparison) -> list[Path]:
    """The pictures of a comparison as SVG files in `folder`."""
    paths = []
    for name, draw in PICTURES.items():
        paths.append(folder / f"{name}.svg")
        write_text(paths[-1], standalone(draw(comparison)))
    return paths
