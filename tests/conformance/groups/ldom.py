# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logical domains: of the samples' area 'ldom', what a node says of itself."""

from __future__ import annotations

from . import virtinfo


def parsed(command: str, os: str, text: str) -> object | None:
    return virtinfo.parsed(command, os, text)
