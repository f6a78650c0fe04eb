"""An album: several songs to one character, one after the other.

hear    : Signal -> SongReport                 each song: loudness, tone, how it begins and ends
decide  : SongReports -> AlbumPlan             order, gaps, fades, relative loudness, tone; each with its reason
render  : Signals, AlbumPlan -> AlbumRender    each song mastered, all of them one programme
"""

from controlroom.rooms.mastering.album.checks import checks
from controlroom.rooms.mastering.album.decide import decide
from controlroom.rooms.mastering.album.hear import hear
from controlroom.rooms.mastering.album.plan import AlbumPlan, AlbumTrack
from controlroom.rooms.mastering.album.render import AlbumRender, TrackMade, render
from controlroom.rooms.mastering.album.report import SongReport

__all__ = [
    "AlbumPlan",
    "AlbumRender",
    "AlbumTrack",
    "SongReport",
    "TrackMade",
    "checks",
    "decide",
    "hear",
    "render",
]
