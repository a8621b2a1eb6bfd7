# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scenarios' tests share: the configuration repository, asked as an operator would."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

CHECKOUT = os.environ["MOLECULE_PROJECT_DIRECTORY"]
Recorded = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def recorded() -> Recorded:
    """Rows that the repository has of a kind of object."""

    def ask(kind: str) -> list[dict[str, Any]]:
        inventory = f"{CHECKOUT}/inventories/lab"
        argv = ["ansible", "localhost", "-i", inventory, "-m", "heliostat.vdc.repository_info", "-a", f"kind={kind}", "-o"]
        plain = {**os.environ, "ANSIBLE_FORCE_COLOR": "0", "ANSIBLE_NOCOLOR": "1"}
        shown = subprocess.run(argv, capture_output=True, text=True, check=True, env=plain).stdout
        return list(json.loads(shown.partition("=>")[2])["rows"])

    return ask
