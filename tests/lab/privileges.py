# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How ``operator`` may become root on each machine: told by the lab when it starts, asked by sudo, su and pfexec."""

from __future__ import annotations

from .centre import Privileges

_RULES: dict[str, Privileges] = {}


def configure(rules: dict[str, Privileges]) -> None:
    _RULES.clear()
    _RULES.update(rules)


def of_machine(name: str) -> Privileges:
    """The machine's rules; the default ones (pfexec and sudo without a password) when the file says nothing."""
    return _RULES.get(name, Privileges())
