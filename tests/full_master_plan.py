"""A master plan that has every step there is, for the tests of all who read such plans."""

from __future__ import annotations

from controlroom.rooms.mastering.plan import (
    BandControl,
    DynamicBand,
    Glue,
    HighPass,
    MasterPlan,
    Match,
    MonoBelow,
    Multiband,
    Saturate,
    SectionRide,
    ToneMove,
    WidthBand,
)

CONTROL = BandControl(threshold_db=-24.0, ratio=2.0, knee_db=6.0, attack_ms=20.0, release_ms=150.0)
EVERYTHING = MasterPlan(
    rate_hz=48000,
    high_pass=HighPass(freq_hz=25.0, reason="Rumble."),
    tone=(
        ToneMove(kind="bell", freq_hz=300.0, gain_db=-2.0, reason="Mud."),
        ToneMove(kind="bell", freq_hz=3000.0, gain_db=1.0, place="mid", reason="Voice."),
        ToneMove(kind="highshelf", freq_hz=9000.0, gain_db=1.5, place="side"),
    ),
    match=(Match(freq_hz=(60.0, 500.0, 8000.0), gain_db=(1.0, 0.0, -1.0)),),
    dynamic=(
        DynamicBand(
            kind="bell",
            freq_hz=7000.0,
            q=1.5,
            threshold_db=-30.0,
            ratio=3.0,
            range_db=6.0,
            attack_ms=4.0,
            release_ms=60.0,
            reason="Sibilance.",
        ),
    ),
    multiband=Multiband(crossovers_hz=(120.0, 2500.0), bands=(CONTROL, CONTROL, CONTROL), lookahead_ms=4.0),
    glue=Glue(threshold_db=-20.0, ratio=1.5, knee_db=6.0, attack_ms=30.0, release_ms=200.0),
    mono_below=MonoBelow(freq_hz=100.0, slope_db=24),
    width=(WidthBand(from_hz=400.0, to_hz=0.0, side_db=1.5),),
    saturate=Saturate(drive_db=3.0, mix=0.5, level_db=-18.0),
    ride=SectionRide(within_lu=0.8),
)
