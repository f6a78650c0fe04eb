"""Thirty sessions, twenty-five people, four weeks: a plan that holds, or what has to give way, in under ten seconds."""

from __future__ import annotations

import time

import pytest
from rooms.scheduling.proposing_problems import Question, random_question

from controlroom.rooms.scheduling.propose import propose, violations
from controlroom.rooms.scheduling.session import Proposal


def month(seed: int) -> tuple[Question, Proposal, float]:
    question = random_question(seed, sessions=30, people=25, days=28, slot_min=30)
    begun = time.process_time()
    found = propose(*question)
    return question, found, time.process_time() - begun


@pytest.mark.parametrize("seed", [1, 2])
def test_a_month(seed: int) -> None:
    question, found, seconds = month(seed)
    assert seconds < 10
    if found.placed:
        assert set(violations(found, *question)) <= set(found.notes)
        assert found.optimal or 0 < found.gap <= 1
    else:
        assert found.relax
