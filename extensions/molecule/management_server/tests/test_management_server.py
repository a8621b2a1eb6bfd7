# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role leaves a repository of the current schema, readable by its owner alone."""

from __future__ import annotations

import json
import os
from typing import Any

ROOT = os.environ["MOLECULE_PROJECT_DIRECTORY"]


def test_the_repository_is_the_owners_alone(host: Any) -> None:
    repository = host.file(f"{ROOT}/.demo/repository.db")
    assert repository.is_file
    assert repository.mode == 0o600


def test_the_repository_answers(host: Any) -> None:
    found = host.run("ansible localhost -i %s -m heliostat.vdc.repository_info -a query=nodes -o", f"{ROOT}/inventories/lab")
    assert found.rc == 0, found.stderr
    assert isinstance(json.loads(found.stdout.partition("=>")[2])["result"], list)
