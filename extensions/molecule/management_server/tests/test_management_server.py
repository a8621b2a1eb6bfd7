# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role leaves a repository that answers, readable by its owner alone."""

from __future__ import annotations

import os
from typing import Any


def test_the_repository_is_the_owners_alone(host: Any) -> None:
    repository = host.file(os.environ["MOLECULE_PROJECT_DIRECTORY"] + "/.demo/repository.db")
    assert repository.is_file
    assert repository.mode == 0o600


def test_the_repository_answers(recorded: Any) -> None:
    assert isinstance(recorded("nodes"), list)
