"""Letters: drafts that a person reads, changes and sends; none is sent from here.

    facts.py      what a letter may state          draft.py   facts -> Draft, in five languages and three tones
    points.py     a demo report -> what to say     tongue.py  dates, times, money and lists as each language writes them
    words/        every sentence, one folder a language        catalogue.py  reads and fills them
    polished.py   what a rewording added, dropped or turned round, by marks.py

draft : kind, facts, tone, language -> Draft     unknown_facts : Draft, polished, facts -> what must not stand there
"""

from controlroom.rooms.correspondence.letters.draft import LANGUAGES, TONES, Draft, draft
from controlroom.rooms.correspondence.letters.facts import (
    FACTS_OF,
    Answered,
    ApprovalFacts,
    DemoFacts,
    Facts,
    FollowUpFacts,
    InvoiceFacts,
    Kind,
    Language,
    RevisionFacts,
    SessionFacts,
    Tone,
    ToRecord,
)
from controlroom.rooms.correspondence.letters.polished import unknown_facts

__all__ = [
    "FACTS_OF",
    "LANGUAGES",
    "TONES",
    "Answered",
    "ApprovalFacts",
    "DemoFacts",
    "Draft",
    "Facts",
    "FollowUpFacts",
    "InvoiceFacts",
    "Kind",
    "Language",
    "RevisionFacts",
    "SessionFacts",
    "ToRecord",
    "Tone",
    "draft",
    "unknown_facts",
]
