"""Only `outside` opens connections: no other package imports what can."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "src" / "controlroom"
OPENS = {
    "socket", "ssl", "socketserver", "asyncio", "select", "smtplib", "imaplib", "poplib", "ftplib", "http.client",
    "http.server", "urllib.request", "xmlrpc", "imap_tools", "httpx", "httpcore", "requests", "urllib3", "boto3",
}  # fmt: skip
ALLOWED = {("desk/serve.py", "socket")}  # where the desk itself listens


def imported(tree: ast.AST) -> set[str]:
    """Every module that is imported anywhere in a file, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def openings(name: str) -> set[str]:
    return {opens for opens in OPENS if name == opens or name.startswith(f"{opens}.")}


def test_sockets_are_opened_in_outside_only():
    found = set()
    for path in SOURCES.rglob("*.py"):
        place = path.relative_to(SOURCES).as_posix()
        if not place.startswith("outside/") and "node_modules" not in path.parts:
            for name in imported(ast.parse(path.read_text())):
                found |= {(place, opens) for opens in openings(name)}
    assert found == ALLOWED


def test_the_rule_sees_every_way_of_importing():
    tree = ast.parse(
        "def f():\n    from http import client\n    import urllib.request as r\n    from httpx import Client\n"
    )
    assert {opens for name in imported(tree) for opens in openings(name)} == {"http.client", "urllib.request", "httpx"}
