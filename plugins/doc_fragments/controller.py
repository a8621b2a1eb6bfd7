# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What every module has that works on the controller and asks no node."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  platform:
    platforms: posix
    details: Runs on the controller.
"""

    READING = r"""
attributes:
  check_mode:
    support: full
    details: Never changes anything.
  diff_mode:
    support: none
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  platform:
    platforms: posix
    details: Runs on the controller.
"""
