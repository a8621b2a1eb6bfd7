# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The import rule of docs/architecture.md, read from the syntax trees: it holds without import-linter and for imports inside functions.

It also forbids what a linter of imports cannot see in the pure layers: calls of ``open``, ``print`` and of the clock.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = "ansible_collections.heliostat.vdc"
UTILS = f"{PRODUCT}.plugins.plugin_utils"
# What a package of plugin_utils may import of its neighbours.
ALLOWED = {
    "model": {"model"},
    "commands": {"commands", "processors", "clusters", "model"},
    "processors": {"commands", "processors", "clusters", "model"},
    "clusters": {"commands", "processors", "clusters", "model"},
    "lifecycle": {"lifecycle", "placement", "patching", "commands", "processors", "clusters", "model"},
    "placement": {"lifecycle", "placement", "patching", "commands", "processors", "clusters", "model"},
    "usage": {"usage", "commands", "processors", "model"},
    "patching": {"lifecycle", "placement", "patching", "commands", "processors", "clusters", "model"},
    "engine": {"engine", "commands.job", "model"},
    "repository": {"repository", "model"},
}
# What the plugins of the top layer share: like them it may import everything.
ALLOWED["controller"] = {"controller", *ALLOWED}
PURE = frozenset(ALLOWED) - {"controller", "engine", "repository"}
PURE_EXTERNAL = frozenset({
    "__future__", "base64", "bisect", "collections", "contextlib", "csv", "dataclasses", "datetime", "decimal", "difflib", "enum",
    "fractions", "functools", "graphlib", "hashlib", "heapq", "hmac", "html", "itertools", "json", "math", "netaddr", "operator",
    "posixpath", "re", "shlex", "string", "textwrap", "types", "typing", "unicodedata", "xml",
})  # fmt: skip
IMPURE_CALLS = frozenset({"open", "print", "input", "exec", "eval", "__import__", "breakpoint"})
IMPURE_METHODS = frozenset({"now", "today", "utcnow"})


def module_name(path: Path) -> str:
    """The dotted name under which ``path`` (relative to the checkout) is imported."""
    parts = [*path.parts[:-1], *([] if path.name == "__init__.py" else [path.stem])]
    return ".".join([*(PRODUCT.split(".") if parts[0] == "plugins" else []), *parts])


def imported(tree: ast.AST, module: str, is_package: bool) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything a file imports, anywhere in it; relative names are made absolute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                around = module.split(".")
                keep = len(around) - node.level + (1 if is_package else 0)
                base = ".".join([*around[:keep], *([base] if base else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def _under(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def _product_faults(module: str, line: int, target: str) -> Iterator[str]:
    where = f"{module}:{line} imports {target}"
    if _under(target, "tests"):
        yield f"{where}: the product imports nothing of the tests"
    if not _under(module, UTILS):
        return
    own = module.removeprefix(UTILS).strip(".").split(".")[0]
    if not own:
        return
    if own not in ALLOWED:
        yield f"{module}: the import rule does not know the package {own}"
        return
    if _under(target, UTILS):
        other = target.removeprefix(UTILS).strip(".")
        if other and not any(_under(other, allowed) for allowed in ALLOWED[own]):
            yield f"{where}: {own} may not import {other}"
    elif _under(target, PRODUCT):
        yield f"{where}: plugin_utils imports nothing of the plugins"
    elif own in PURE and target.split(".")[0] not in PURE_EXTERNAL:
        yield f"{where}: {own} is pure"


def _lab_faults(module: str, line: int, target: str) -> Iterator[str]:
    if _under(module, "tests.lab") and (_under(target, "ansible_collections") or _under(target, "ansible") or _under(target, "plugins")):
        yield f"{module}:{line} imports {target}: the lab shares no code with the product and needs no Ansible"


def _call_faults(tree: ast.AST, module: str) -> Iterator[str]:
    if not _under(module, UTILS) or module.removeprefix(UTILS).strip(".").split(".")[0] not in PURE:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
                yield f"{module}:{node.lineno} calls {node.func.id}: this layer is pure"
            if isinstance(node.func, ast.Attribute) and node.func.attr in IMPURE_METHODS:
                yield f"{module}:{node.lineno} reads the clock ({node.func.attr}): this layer is pure"


def faults(path: Path, text: str) -> list[str]:
    """What the file at ``path`` (relative to the checkout) with the content ``text`` breaks of the rule."""
    module = module_name(path)
    tree = ast.parse(text, str(path))
    found = list(_call_faults(tree, module))
    for line, target in imported(tree, module, path.name == "__init__.py"):
        found += _product_faults(module, line, target) if _under(module, PRODUCT) else _lab_faults(module, line, target)
    return found


def sources() -> list[Path]:
    return sorted(p.relative_to(ROOT) for folder in ("plugins", "tests/lab") for p in (ROOT / folder).rglob("*.py"))


def test_every_file_keeps_the_rule() -> None:
    paths = sources()
    assert any(path.parts[0] == "plugins" for path in paths)
    assert any(path.parts[:2] == ("tests", "lab") for path in paths)
    assert [fault for path in paths for fault in faults(path, (ROOT / path).read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("plugins/plugin_utils/model/zone.py", "from ..commands import zone"),
        ("plugins/plugin_utils/model/zone.py", "from .. import engine"),
        ("plugins/plugin_utils/model/__init__.py", "from ..lifecycle.node import plan"),
        ("plugins/plugin_utils/commands/zfs.py", "def f():\n    import subprocess"),
        ("plugins/plugin_utils/commands/zfs.py", "from ansible.errors import AnsibleError"),
        ("plugins/plugin_utils/commands/zfs.py", "text = open('x').read()"),
        ("plugins/plugin_utils/commands/zfs.py", "from ...action import node"),
        ("plugins/plugin_utils/lifecycle/node.py", "from ..repository import store"),
        ("plugins/plugin_utils/lifecycle/node.py", "import datetime\ndatetime.datetime.now()"),
        ("plugins/plugin_utils/placement/arrival.py", f"import {UTILS}.engine.shell"),
        ("plugins/plugin_utils/engine/shell.py", "from ..commands.zone import CONFIGURE"),
        ("plugins/plugin_utils/repository/store.py", "from ..engine.shell import quote"),
        ("plugins/plugin_utils/engine/shell.py", "from ..controller.report import shaped"),
        ("plugins/plugin_utils/invented/x.py", "import re"),
        ("plugins/action/node.py", "from tests.lab.truth import Machine"),
        ("tests/lab/commands/zfs.py", f"from {UTILS}.commands import zfs"),
        ("tests/lab/server.py", "import ansible.plugins"),
    ],
)
def test_a_breach_is_seen(path: str, text: str) -> None:
    assert faults(Path(path), text) != []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("plugins/plugin_utils/commands/zone.py", "from ..model.zone import ZoneStatus\nfrom .smf import State\nimport re"),
        ("plugins/plugin_utils/lifecycle/vserver.py", "from ..commands import zone\nfrom ..model.plan import Step"),
        ("plugins/plugin_utils/engine/job.py", "import secrets\nfrom ..commands.job import JOBS\nfrom ..model.command import Command"),
        ("plugins/plugin_utils/repository/store.py", "import sqlalchemy\nopen('x')"),
        ("plugins/action/node.py", f"from {UTILS}.repository.store import Store\nfrom ansible.errors import AnsibleError"),
        ("tests/lab/server.py", "import asyncssh\nfrom .truth import Machine"),
    ],
)
def test_what_the_rule_allows_is_let_through(path: str, text: str) -> None:
    assert faults(Path(path), text) == []
