"""What works in a song, in sentences: it comes before what is to be done. Only what was measured is said."""

from __future__ import annotations

from typing import Any

SURE_KEY, SURE_TEMPO = 0.5, 0.5
LIVELY_LU, CALM_DBTP = 5.0, -0.1


def what_works(report: dict[str, Any]) -> list[str]:
    """Sentences out of a demo report (as JSON); none where nothing can be said."""
    rhythm, harmony, loudness = report["rhythm"], report["harmony"], report["loudness"]
    said = []
    if rhythm.get("steady") and (rhythm.get("tempo_confidence") or 0) >= SURE_TEMPO:
        said.append(f"It holds its tempo: {rhythm['tempo_bpm']:.0f} BPM, steady as to a click.")
    if harmony.get("key") and (harmony.get("key_confidence") or 0) >= SURE_KEY:
        said.append(f"It stands clearly in {harmony['key']}.")
    if (loudness.get("range_lu") or 0) >= LIVELY_LU:
        said.append(f"It moves: quiet and loud passages lie {loudness['range_lu']:.0f} LU apart.")
    codes = {finding["code"] for finding in report["findings"]}
    if (
        loudness.get("true_peak_dbtp") is not None
        and loudness["true_peak_dbtp"] <= CALM_DBTP
        and "clipped" not in codes
    ):
        said.append(f"Nothing clips: its highest true peak is {loudness['true_peak_dbtp']:.1f} dBTP.".replace("-", "−"))
    return said
