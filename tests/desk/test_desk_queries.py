"""A page asks the database as often for thirty rows as for eight: never once for each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from desk.every_page import every_page, visitor
from desk.full_studio import Studio, rows
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from controlroom.desk.accounts.models import Studio as House
from controlroom.desk.accounts.models import User

FEW, MANY = 8, 30
MOST_QUERIES = 36

pytestmark = pytest.mark.django_db


def asked(studio: Studio) -> list[tuple[str, list[str]]]:
    """Every page with its queries."""
    client, pages = visitor(studio), []
    for page in every_page(studio):
        with CaptureQueriesContext(connection) as captured:
            answer = page.get(client)
        assert answer.status_code < 400, page
        assert "login" not in answer.get("Location", ""), page
        pages.append((str(page), [each["sql"] for each in captured]))
    return pages


@pytest.fixture
def studios(make_user: Callable[..., User], other_studio: House, fresh_home: Path) -> tuple[Studio, Studio]:
    few = Studio(make_user("producer", "Few"), rows(FEW))
    return few, Studio(make_user("producer", "Many", other_studio), rows(MANY))


def test_no_page_asks_more_often_for_more_rows(studios: tuple[Studio, Studio]) -> None:
    few, many = (asked(studio) for studio in studios)
    assert len(few) == len(many) > 60
    grown = {}
    for (_, before), (page, after) in zip(few, many, strict=True):
        if len(after) > len(before):
            most, times = Counter(sql.partition("WHERE")[0] for sql in after).most_common(1)[0]
            grown[page] = f"{len(before)} -> {len(after)}, {times} times {most}"
    assert grown == {}
    assert {page: len(queries) for page, queries in many if len(queries) > MOST_QUERIES} == {}


@pytest.mark.parametrize("words", ["%00", "%25_%5C", "%F0%9F%8E%A7", "'%22", "a" * 3000])
@pytest.mark.parametrize("page", ["/songs/", "/people/", "/find/"])
def test_whatever_is_looked_for_breaks_nothing(page: str, words: str, client_of: Client) -> None:
    """PostgreSQL keeps no NUL, and LIKE has its own characters."""
    assert client_of.get(f"{page}?q={words}").status_code < 500
