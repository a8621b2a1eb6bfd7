# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every plugin imports with the controller's requirements alone, each in the order of its name (ansible-test cannot: it installs none)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEVELOPMENT_ONLY = ("asyncssh", "hypothesis", "lark", "pytest", "tests")

SCRIPT = """
import importlib, sys, traceback
failed = 0
for name in sys.stdin.read().split():
    try:
        importlib.import_module(name)
    except Exception:
        failed += 1
        print(name, traceback.format_exc(), sep="\\n")
print("\\n".join("imports " + name for name in sys.argv[1:] if name in sys.modules))
sys.exit(1 if failed else 0)
"""


def plugin_names() -> list[str]:
    """Dotted names of all plugins; Alembic runs its own environment and revisions by path, with a database at hand."""
    paths = [path.relative_to(ROOT) for path in sorted((ROOT / "plugins").rglob("*.py"))]
    parts = [path.parent.parts if path.name == "__init__.py" else (*path.parent.parts, path.stem) for path in paths]
    return [".".join(("ansible_collections.heliostat.vdc", *names)) for names in parts if "migrations" not in names]


def test_every_plugin_imports() -> None:
    names = plugin_names()
    assert "ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone" in names
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT, *DEVELOPMENT_ONLY], input="\n".join(names), capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (found.returncode, found.stdout.strip()) == (0, ""), found.stdout + found.stderr
