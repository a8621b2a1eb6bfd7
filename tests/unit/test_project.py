# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the house as tests, over every file that git knows or would take (docs/contributing.md says them in words)."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 400
SOURCES = frozenset({".py", ".sh", ".c", ".h", ".yml", ".yaml", ".toml", ".cfg"})
HEADER = (
    "Copyright (c) 2026 the heliostat.vdc contributors",
    "GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)",
    "SPDX-License-Identifier: GPL-3.0-or-later",
)
# A letter stands in brackets so that these patterns do not match themselves.
LEFT_UNDONE = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X])\b|\bNotImplementedErro[r]\b")
MACHINE_PATHS = re.compile(r"(?<![\w.*}])/(?:wor[k]/|hom[e]/\w+/|roo[t]/\w)")
VAGUE_NAMES = re.compile(r"(?:^|_)(?:utils?|helpers?|managers?|misc|common|v[0-9]+)$")
CHANGELOG_SECTIONS = frozenset({
    "release_summary", "major_changes", "minor_changes", "breaking_changes", "deprecated_features", "removed_features", "security_fixes",
    "bugfixes", "known_issues", "trivial",
})  # fmt: skip


@cache
def files() -> tuple[Path, ...]:
    """Paths relative to the checkout. Without git (an unpacked archive): everything outside hidden folders and caches."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
        found = [Path(name) for name in listed if name]
    else:
        skipped = {"__pycache__", "build", "generated", "dist", "output"}
        found = [p.relative_to(ROOT) for p in ROOT.rglob("*")]
        found = [p for p in found if not any(part.startswith(".") or part in skipped for part in p.parts)]
    return tuple(sorted(p for p in found if (ROOT / p).is_file() and not (ROOT / p).is_symlink()))


@cache
def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def is_fixture(path: Path) -> bool:
    """Recorded output of real commands and input made for a test: kept as it was seen."""
    return path.parts[0] == "tests" and bool({"fixtures", "cases", "data"} & set(path.parts))


def is_source(path: Path) -> bool:
    if is_fixture(path):
        return False
    if path.suffix in SOURCES:
        return True
    return path.suffix == "" and text(path).startswith("#!")


SOURCE_FILES = [path for path in files() if is_source(path)]
MODULES = sorted(path.stem for path in files() if path.parts[:2] == ("plugins", "modules") and path.suffix == ".py")
ROLES = sorted({path.parts[1] for path in files() if path.parts[0] == "roles" and len(path.parts) > 2})


def test_files_are_found() -> None:
    assert len(SOURCE_FILES) > 20
    assert Path("tests/unit/test_project.py") in SOURCE_FILES
    assert MODULES
    assert ROLES


def test_every_source_file_has_the_header() -> None:
    def lacks(path: Path) -> bool:
        head = text(path)[:900]
        return bool(text(path).strip()) and not all(line in head for line in HEADER)

    # Changelog fragments are read and removed at a release.
    assert [str(path) for path in SOURCE_FILES if path.parts[:2] != ("changelogs", "fragments") and lacks(path)] == []


def test_no_file_is_too_long() -> None:
    counts = {str(path): text(path).count("\n") for path in SOURCE_FILES}
    assert {path: count for path, count in counts.items() if count > LONGEST} == {}


def test_nothing_is_left_undone() -> None:
    assert [f"{path}: {match[0]}" for path in SOURCE_FILES for match in LEFT_UNDONE.finditer(text(path))] == []


def test_no_path_of_a_single_machine() -> None:
    def allowed(path: Path) -> bool:  # the lab's and the tests' own idea of a Solaris file system
        return path.parts[0] == "tests" and path.suffix == ".py"

    assert [f"{path}: {m[0]}" for path in SOURCE_FILES if not allowed(path) for m in MACHINE_PATHS.finditer(text(path))] == []


def test_names_say_what_is_inside() -> None:
    vague = [str(path) for path in SOURCE_FILES if path.suffix in (".py", ".c", ".h") and VAGUE_NAMES.search(path.stem)]
    assert vague == []


def test_python_files_start_with_modern_annotations() -> None:
    code = re.compile(r"^(?:def|class|async def) ", re.M)

    def lacks(path: Path) -> bool:
        return bool(code.search(text(path))) and "from __future__ import annotations" not in text(path)

    assert [str(path) for path in SOURCE_FILES if path.suffix == ".py" and lacks(path)] == []


def test_no_name_is_a_lone_underscore() -> None:
    """ansible-test's pylint refuses it (elsewhere it is the translation's name): say what is thrown away, ``_rest``, ``_index``."""

    def is_lone(node: ast.AST) -> bool:
        return (isinstance(node, ast.Name) and node.id == "_") or (isinstance(node, ast.arg) and node.arg == "_")

    plugins = [path for path in SOURCE_FILES if path.parts[0] == "plugins"]
    assert [f"{path}:{node.lineno}" for path in plugins for node in ast.walk(ast.parse(text(path))) if is_lone(node)] == []


@pytest.mark.parametrize("module", MODULES)
def test_module_is_documentation_beside_an_action_plugin(module: str) -> None:
    assert (ROOT / "plugins" / "action" / f"{module}.py").is_file(), "a module of this collection runs as an action plugin"
    content = text(Path("plugins", "modules", f"{module}.py"))
    assert all(re.search(rf'^{part} = r?"""', content, re.M) for part in ("DOCUMENTATION", "EXAMPLES", "RETURN"))
    assert f"heliostat.vdc.{module}:" in content, "the examples show the module by its full name"
    assert "\nimport " not in content
    assert not re.search(r"^def |^class ", content, re.M), "code belongs to the action plugin"


def test_every_action_plugin_has_a_module() -> None:
    actions = {path.stem for path in files() if path.parts[:2] == ("plugins", "action") and path.suffix == ".py"}
    assert actions - {"__init__"} - set(MODULES) == set()


def test_the_action_group_names_every_module() -> None:
    group = re.search(r"^  vdc:\n((?:    - \w+\n)+)", text(Path("meta/runtime.yml")), re.M)
    assert group is not None
    assert re.findall(r"- (\w+)", group[1]) == MODULES


@pytest.mark.parametrize("role", ROLES)
def test_role_checks_its_arguments(role: str) -> None:
    specs = text(Path("roles", role, "meta", "argument_specs.yml"))
    assert "argument_specs:" in specs
    assert re.search(r"^    short_description: \S", specs, re.M)
    assert (ROOT / "extensions" / "molecule" / role / "molecule.yml").is_file(), "every role has its molecule scenario"


def test_help_lists_every_target() -> None:
    makefile = text(Path("Makefile"))
    phony = {name for line in re.findall(r"^\.PHONY: (.*)$", makefile, re.M) for name in line.split()}
    assert set(re.findall(r"^([a-z-]+):", makefile, re.M)) == phony
    shown = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make ([a-z-]+) +\S", shown, re.M)) == {name for name in phony if not re.match(r"controller$|lint-", name)}


def test_changelog_fragments_are_valid() -> None:
    yaml = pytest.importorskip("yaml")
    for path in files():
        if path.parts[:2] != ("changelogs", "fragments"):
            continue
        fragment = yaml.safe_load(text(path))
        assert isinstance(fragment, dict), path
        assert set(fragment) <= CHANGELOG_SECTIONS, path
        assert isinstance(fragment.pop("release_summary", ""), str), path
        for entry in [entry for entries in fragment.values() for entry in entries]:
            assert re.match(r"[\w ,]+ - \S", entry), f"{path}: 'component - what changed', not {entry}"


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for path in files():
        if path.suffix == ".md":
            for target in re.findall(r"\]\((?!\w+:)([^)#\s]+)", text(path)):
                if not (ROOT / path.parent / target).exists():
                    broken.append(f"{path}: {target}")
    assert broken == []


def test_the_readme_shows_the_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text(Path("Makefile")), re.M))
    named = {name for path in files() if path.suffix == ".md" for name in re.findall(r"`make ([a-z-]+)", text(path))}
    assert named <= targets
    assert {"demo", "test"} <= set(re.findall(r"make ([a-z-]+)", text(Path("README.md"))))
