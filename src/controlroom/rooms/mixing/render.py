"""Making the mix: all strips side by side, chunk by chunk, summed in the order of the plan.

While one chunk goes through the buses and reverbs and is handed out, the strips of the next one are already at work.
Chunks are fixed, so that the same plan gives the same samples whatever block size the mix is read with.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

import numpy as np

from controlroom.base.errors import UsageError
from controlroom.base.progress import SILENT, Progress
from controlroom.rooms.mixing.ears import Ears, Heard
from controlroom.rooms.mixing.plan import BusPlan, MixPlan, checked
from controlroom.rooms.mixing.space import settings
from controlroom.rooms.mixing.strips import Strip, db_to_gain, inserts
from controlroom.sound.meter import LoudnessMeter
from controlroom.sound.mixdown import sum_routes
from controlroom.sound.parallel import WORKERS
from controlroom.sound.reverb import Reverberator
from controlroom.sound.signal import BLOCK_FRAMES, Samples, Signal, frozen

VOICE = "lead vocal"


def render(signals: Mapping[str, Signal], plan: MixPlan, *, progress: Progress = SILENT) -> Mixdown:
    """The stereo mix of `signals` (by track name) as `plan` says: a lazy signal, float, that may pass full scale.

    Read it forward once, then ask it how the tracks stand (`tracks`) and how it sounds (`heard`). Files of another rate
    are converted to the plan's. It ends with its longest track, or when its reverbs have died away.
    Raises `UsageError` when the plan is out of shape or a track has no signal.
    """
    return Mixdown(signals, checked(plan), progress)


class Mixdown:
    """A mix in the making. Close it, or use it with `with`, to let its workers go early."""

    channels = 2

    def __init__(
        self, signals: Mapping[str, Signal], plan: MixPlan, progress: Progress = SILENT, *, compare: bool = False
    ) -> None:
        missing = [track.name for track in plan.tracks if track.name not in signals]
        if missing:
            raise UsageError("The mix plan", f"there is no track {missing[0]!r} to mix", "Mend its name.")
        self._signals, self.plan, self._progress, self._compare = signals, plan, progress, compare
        self.rate_hz = plan.rate_hz
        self._pool = ThreadPoolExecutor(max_workers=max(min(WORKERS, len(plan.tracks)), 1))
        self._rewind()
        tail_s = max((reverb.decay_s + reverb.predelay_ms / 1000 for reverb in plan.reverbs), default=0.0)
        longest = max((strip.frames for strip in self._strips), default=0)
        self.frames = longest + round(tail_s * self.rate_hz) if longest else 0

    def _rewind(self) -> None:
        self._strips = [
            Strip(self._signals[track.name], track, self.rate_hz, compare=self._compare) for track in self.plan.tracks
        ]
        self._desk = _Desk(self.plan)
        self._ready: tuple[int, Samples] = (0, np.zeros((2, 0), np.float32))
        self._next, self._pending = 0, list[Future[None]]()
        self._buffers = [np.zeros((len(self._strips), 2, BLOCK_FRAMES), np.float32) for _ in range(2)]

    def read(self, start: int, frames: int) -> Samples:
        start = max(start, 0)
        stop = max(min(start + frames, self.frames), start)
        if start < self._ready[0]:
            self._finish_pending()
            self._rewind()
        pieces = []
        while start < stop:
            first, chunk = self._ready
            if start >= first + chunk.shape[1]:
                self._ready = (self._next, self._chunk())
                continue
            last = min(stop, first + chunk.shape[1])
            pieces.append(chunk[:, start - first : last - first])
            start = last
        if len(pieces) == 1:
            return frozen(pieces[0])
        return frozen(np.concatenate(pieces, axis=1) if pieces else np.zeros((2, 0), np.float32))

    def _chunk(self) -> Samples:
        """Make the next chunk, and set the strips to work on the one after it."""
        at = self._next
        if not self._pending:
            self._begin(at)
        self._finish_pending()
        strips = self._buffers[at // BLOCK_FRAMES % 2]
        self._next = at + BLOCK_FRAMES
        if self._next < self.frames:
            self._begin(self._next)
        mix = self._desk.mix(strips, min(BLOCK_FRAMES, self.frames - at))
        self._progress(min(self._next, self.frames), self.frames, "mixing")
        return mix

    def _begin(self, at: int) -> None:
        buffer = self._buffers[at // BLOCK_FRAMES % 2]
        self._pending = [self._pool.submit(strip.fill, buffer[k], at) for k, strip in enumerate(self._strips)]

    def _finish_pending(self) -> None:
        """Wait for every strip, so that none still writes; then let the first error speak."""
        pending, self._pending = self._pending, []
        errors = [error for error in (future.exception() for future in pending) if error is not None]
        if errors:
            raise errors[0]

    def gains_lu(self) -> dict[str, float | None]:
        """How much louder each track stands in the mix than its file, LU: once everything has been read.

        The strip is measured after its fader; what its bus and the trim of the mix add is added.
        """
        return {strip.track.name: self._in_the_mix(strip) for strip in self._strips}

    def _in_the_mix(self, strip: Strip) -> float | None:
        gain = strip.gain_lu()
        return None if gain is None else gain + self._desk.bus_gain_lu(strip.track.bus) + self.plan.gain_db

    def inserts_lu(self) -> dict[str, tuple[float, float]]:
        """Loudness before and after the inserts of each strip that has any, when the mix was made to `compare` them."""
        compared = {strip.track.name: strip.inserts_lu() for strip in self._strips}
        return {name: pair for name, pair in compared.items() if pair is not None}

    def buses_lu(self) -> dict[str, float]:
        """How much louder each bus with inserts makes what comes in."""
        return {name: bus.gain_lu() for name, bus in self._desk.buses.items()}

    def heard(self) -> Heard:
        """How the mix sounds, once everything has been read."""
        return self._desk.ears.result()

    def close(self) -> None:
        """Let the workers go; the mix cannot be read afterwards."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Mixdown:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _Bus:
    """A bus that does something: its inserts and gain, and how much louder it makes what comes in."""

    def __init__(self, plan: BusPlan, rate_hz: int) -> None:
        self._inserts = inserts(plan, rate_hz, 2)
        self._before = LoudnessMeter(rate_hz, 2)
        self._after = LoudnessMeter(rate_hz, 2)

    def process(self, block: Samples) -> Samples:
        self._before.add(block)
        for processor in self._inserts:
            block = processor.process(block)
        self._after.add(block)
        return block

    def gain_lu(self) -> float:
        before, after = self._before.result().integrated_lufs, self._after.result().integrated_lufs
        return 0.0 if before is None or after is None else after - before


class _Desk:
    """Everything behind the strips: routes, buses, reverbs, the sum.

    A bus without inserts is only a gain: its strips go straight to the mix, so that a mix at unity is the exact sum of
    its samples, rounded once.
    """

    def __init__(self, plan: MixPlan) -> None:
        self._plan = plan
        self._gain = db_to_gain(plan.gain_db) if plan.gain_db else 1.0
        self.buses = {bus.name: _Bus(bus, plan.rate_hz) for bus in plan.buses if bus.eq or bus.compressor}
        self._reverbs = [Reverberator(plan.rate_hz, settings(reverb)) for reverb in plan.reverbs]
        self._routes = self._all_routes()
        self._sums = np.zeros((len(self._routes), 2, BLOCK_FRAMES), np.float32)
        returns = [self._bus_gain(name) for name in self.buses]
        returns += [db_to_gain(reverb.gain_db) for reverb in plan.reverbs]
        self._returns = np.array([[1.0, *(gain * self._gain for gain in returns)]])
        self.ears = Ears(plan.rate_hz)

    def _bus_gain(self, name: str) -> float:
        gain_db = next((bus.gain_db for bus in self._plan.buses if bus.name == name), 0.0)
        return db_to_gain(gain_db) if gain_db else 1.0

    def _all_routes(self) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        """Rows: straight to the mix, each working bus, each reverb; and the voice, for the ears."""
        tracks = self._plan.tracks
        straight = [0.0 if track.bus in self.buses else self._bus_gain(track.bus) * self._gain for track in tracks]
        rows = [straight]
        rows += [[1.0 if track.bus == name else 0.0 for track in tracks] for name in self.buses]
        for reverb in self._plan.reverbs:
            rows.append(
                [db_to_gain(track.sends[reverb.name]) if reverb.name in track.sends else 0.0 for track in tracks]
            )
        self._has_voice = 0 < sum(track.role == VOICE for track in tracks) < len(tracks)
        if self._has_voice:
            rows.append([self._bus_gain(track.bus) * (track.role == VOICE) for track in tracks])
        return np.array(rows, float).reshape(len(rows), len(tracks))

    def mix(self, strips: Samples, frames: int) -> Samples:
        """Sum one chunk of the strips (tracks, 2, BLOCK_FRAMES); the first `frames` of it are the mix."""
        sum_routes(strips, self._routes, self._sums)
        voice, rest = self._voice_and_rest(frames) if self._has_voice else (None, None)
        parts = self._sums[: 1 + len(self.buses) + len(self._reverbs)]
        processors: list[_Bus | Reverberator] = [*self.buses.values(), *self._reverbs]
        out = np.empty((1, 2, BLOCK_FRAMES), np.float32)
        if processors:
            for k, processor in enumerate(processors, start=1):
                parts[k] = processor.process(frozen(parts[k]))
            sum_routes(parts, self._returns, out)
        else:
            out[0] = parts[0]
        mix = frozen(out[0, :, :frames])
        self.ears.add(mix, voice, rest)
        return mix

    def _voice_and_rest(self, frames: int) -> tuple[Samples, Samples]:
        """The lead vocal, and all else, as they leave their strips: before buses and trim."""
        voice = self._sums[-1, :, :frames]
        rest = self._sums[0, :, :frames] / np.float32(self._gain) - voice
        for k, name in enumerate(self.buses, start=1):
            rest += self._sums[k, :, :frames] * np.float32(self._bus_gain(name))
        return frozen(voice), frozen(rest)

    def bus_gain_lu(self, name: str) -> float:
        gain_db = next((bus.gain_db for bus in self._plan.buses if bus.name == name), 0.0)
        return gain_db + (self.buses[name].gain_lu() if name in self.buses else 0.0)
