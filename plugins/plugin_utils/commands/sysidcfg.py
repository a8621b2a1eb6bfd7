# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sysidcfg(4): the answers of a Solaris 10 system's first boot, read back from a zone or an installation's share.

A keyword a line, ``key=value`` or ``key=value {key=value …}`` with the braces over several lines; ``#`` begins a comment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .tables import refuse

_KEY = re.compile(r"[a-z0-9_]+\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Keyword:
    """``name=value`` and what stands in its braces; a bare word there (``primary``, ``dhcp``) has the value ''."""

    name: str
    value: str
    options: dict[str, str] = field(default_factory=dict)


def parse(text: str) -> tuple[Keyword, ...]:
    """All keywords in order; a keyword may come again (network_interface)."""
    bare = "\n".join(line.partition("#")[0] for line in text.splitlines())
    found = []
    for match in re.finditer(r"(?P<head>[^\s{}]+)(?:\s*\{(?P<inner>[^{}]*)\})?", bare):
        name, equals, value = match["head"].partition("=")
        if not equals or not _KEY.match(name):
            refuse("sysidcfg", match["head"], "is not keyword=value")
        options = {}
        for word in (match["inner"] or "").split():
            key, _equals, inner = word.partition("=")
            if not _KEY.match(key):
                refuse("sysidcfg", word, f"is no option of {name}")
            options[key.lower()] = inner
        found.append(Keyword(name.lower(), value.strip("\"'"), options))
    if "{" in re.sub(r"\{[^{}]*\}", "", bare) or "}" in re.sub(r"\{[^{}]*\}", "", bare) or not found:
        refuse("sysidcfg", text[:80], "has no keyword" if not found else "has a brace without its other")
    return tuple(found)
