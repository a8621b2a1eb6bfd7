# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other people's Ansible collections, in an environment of their own outside the checkout: they judge the lab and are measured against.

The folder is HELIOSTAT_CACHE, else ``heliostat`` in the user's cache folder; what was downloaded once is used again.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PACKAGE = "ansible==12.*"


class NotAvailable(RuntimeError):
    """It is not there and cannot be downloaded; the message says why."""


def environment() -> Path:
    """The virtual environment with ansible and community.general, made where it is missing. Raises NotAvailable."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(os.environ.get("HELIOSTAT_CACHE") or caches / "heliostat") / "clients"
    complete = folder / ".complete"
    if complete.exists() and complete.read_text() == PACKAGE:
        return folder
    pip = [str(folder / "bin/python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input", PACKAGE]
    for words in ([sys.executable, "-m", "venv", "--clear", str(folder)], pip):
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise NotAvailable(f"{PACKAGE} cannot be installed into {folder}: {' '.join(last)}")
    complete.write_text(PACKAGE)
    return folder
