# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""metadb."""

from __future__ import annotations

from collections import Counter

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import svm


def parsed(command: str, os: str, text: str) -> object | None:
    if command not in ("metadb", "metadb -i"):
        return None
    found = svm.parse_replicas(text)
    return {
        "replicas": len(found),
        "by_device": Counter(one.device for one in found),
        "errors": sum(any(letter.isupper() for letter in one.flags) for one in found),
    }
