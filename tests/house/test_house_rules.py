"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from controlroom.base.finding import sentences

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for path in (ROOT / "src").rglob("*.py") if "node_modules" not in path.parts)


def _kernels(tree: ast.Module) -> list[ast.FunctionDef]:
    return [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(d, ast.Name) and d.id.endswith("kernel") for d in node.decorator_list)
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_a_kernel_calls_kernels_of_its_own_file_only(path):
    tree = ast.parse(path.read_text())
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("controlroom")
        for alias in node.names
    }
    for function in _kernels(tree):
        called = {n.func.id for n in ast.walk(function) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        assert not called & imported, f"{function.name} calls {called & imported}"


def test_files_stay_under_400_lines():
    assert [p.name for p in SOURCES if len(p.read_text().splitlines()) > 400] == []


def test_functions_stay_under_60_lines():
    long = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                doc = ast.get_docstring(node, clean=False)
                lines = node.end_lineno - node.lineno + 1 - (doc.count("\n") + 1 if doc else 0)
                if lines > 60:
                    long.append(f"{path.name}:{node.name} {lines}")
    assert long == []


def test_every_finding_that_is_made_has_a_sentence_and_stands_in_the_docs():
    page = (ROOT / "docs" / "findings.md").read_text()
    undocumented = [code for code in sentences() if f"`{code}`" not in page]
    assert undocumented == []
    gone = [code for code in re.findall(r"^\| `([a-z0-9_]+)`", page, re.M) if code not in sentences()]
    assert gone == []


def test_every_sentence_is_used():
    text = "\n".join(p.read_text() for p in SOURCES)
    assert [code for code in sentences() if f'"{code}"' not in text] == []


def test_every_dependency_is_explained():
    project = (ROOT / "pyproject.toml").read_text()
    page = (ROOT / "docs" / "dependencies.md").read_text()
    listed = re.search(r"^dependencies = \[\n(.*?)^\]", project, re.S | re.M).group(1)
    names = re.findall(r'"([a-z0-9_-]+)', listed)
    assert names
    assert [name for name in names if f"\n| {name} " not in page] == []


def test_every_verb_stands_in_the_docs_and_every_documented_verb_exists():
    from controlroom.cli.app import app

    verbs = {each.name for each in (*app.registered_commands, *app.registered_groups)}
    page = (ROOT / "docs" / "command-line.md").read_text()
    assert {row.split()[0] for row in re.findall(r"^\| `([a-z-]+(?: [^`]*)?)` \|", page, re.M)} == verbs


def test_lock_files_carry_no_addresses():
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text
        assert "--index" not in text
        assert "--hash=sha256:" in text


def test_the_help_needs_none_of_the_heavy_libraries():
    heavy = {"numpy", "scipy", "numba", "av", "soundfile"}
    code = f"import sys, controlroom.cli.app; print(sorted({heavy} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_links_in_the_docs_lead_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
