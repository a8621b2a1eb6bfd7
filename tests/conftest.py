# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the collection importable where the environment did not: ``make venv`` writes a .pth file that does it for good."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _importable() -> bool:
    try:
        return importlib.util.find_spec("ansible_collections.heliostat.vdc") is not None
    except ModuleNotFoundError:
        return False


if not _importable():
    link = ROOT / ".cache" / "collections" / "ansible_collections" / "heliostat" / "vdc"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(os.path.relpath(ROOT, link.parent), target_is_directory=True)
    sys.path.insert(0, str(link.parents[2]))
    sys.modules.pop("ansible_collections", None)
