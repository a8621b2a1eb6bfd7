# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what: profiles -l, auths and projects -l.

Format: profiles(1), auths(1), projects(1). auths prints one comma-separated line up to Solaris 11.3 and an authorization a line
in 11.4; profiles -l an indented profile, its attributes and the commands with their security attributes; projects -l a project's
name with indented ``label : value`` lines.
"""

from __future__ import annotations

import re

from .tables import lines, refuse


def parse_authorizations(text: str) -> tuple[str, ...]:
    """``auths``: names such as ``solaris.zone.manage/z1``; anything else (a message) is refused."""
    found = [word for line in lines(text) for word in line.strip().split(",")]
    for word in found:
        if not re.fullmatch(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_*-]+)*(?:\.|/\S+)?", word) or ("." not in word and word != "*"):
            refuse("auths", word, "is not the name of an authorization")
    return tuple(found)


def parse_profiles(text: str) -> dict[str, dict[str, dict[str, str]]]:
    """``profiles -l``: user → profile → command path, or ``auths``/``profiles``, → attributes; '' for a command without any.

    A profile's own line is one of words with neither a path, ``*`` nor ``=``; the indentation does not tell them apart.
    """
    found: dict[str, dict[str, dict[str, str]]] = {}
    profiles: dict[str, dict[str, str]] | None = None
    entries: dict[str, str] | None = None
    for line in lines(text):
        body = line.strip()
        if not line.startswith((" ", "\t")) and body.endswith(":"):
            profiles, entries = found.setdefault(body[:-1].strip(), {}), None
            continue
        command = re.fullmatch(r"(?P<path>/\S+|\*)(?:\s+(?P<attributes>[a-z]+=\S+(?:[ ;]\S+)*))?", body)
        attribute = re.fullmatch(r"(?P<name>[a-z_]+)=(?P<value>\S*)", body)
        if profiles is None or (entries is None and (command or attribute)):
            refuse("profiles -l", line, "stands before a user or a profile")
        if command and entries is not None:
            entries[command["path"]] = command["attributes"] or ""
        elif attribute and entries is not None:
            entries[attribute["name"]] = attribute["value"]
        elif re.fullmatch(r"[A-Z][\w .&/()-]*", body):
            entries = profiles.setdefault(body, {})
        else:
            refuse("profiles -l", line)
    return found


def parse_projects(text: str) -> dict[str, dict[str, str]]:
    """``projects -l``: project → projid, comment, users, groups, attribs; ``(none)`` is ''. More attributes have lines of their own."""
    found: dict[str, dict[str, str]] = {}
    facts: dict[str, str] | None = None
    label = ""
    for line in lines(text):
        match = re.fullmatch(r"\s+(?P<label>projid|comment|users|groups|attribs)\s*:\s?(?P<value>.*)", line)
        if match and facts is not None:
            label, value = match["label"], match["value"].strip()
            facts[label] = "" if value == "(none)" else value.strip('"') if label == "comment" else value
        elif not line.startswith((" ", "\t")) and " " not in line:
            facts, label = found.setdefault(line, {}), ""
        elif facts is not None and label in ("users", "groups", "attribs"):
            facts[label] = f"{facts[label]} {line.strip()}".strip()
        else:
            refuse("projects -l", line)
    return found
