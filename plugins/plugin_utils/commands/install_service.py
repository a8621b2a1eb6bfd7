# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installation services of Solaris 11: installadm list, alone and with -c, -m, -p.

Format: installadm(1M) of 11.0 to 11.3. Services and clients are tables whose cells hold no blanks; manifests and profiles
stand indented below their service, with a status (manifests only) and criteria, one a line.
"""

from __future__ import annotations

from dataclasses import dataclass

from .tables import lines, refuse

_TABLES = {
    ("Service Name", "Alias Of", "Status", "Arch", "Image Path"): ("name", "alias", "status", "arch", "path"),
    ("Service Name", "Client Address", "Arch", "Image Path"): ("service", "client", "arch", "path"),
}


@dataclass(frozen=True, slots=True)
class Assigned:
    """A manifest or profile of ``service``; ``criteria`` by name, empty for None."""

    service: str
    name: str
    status: str
    criteria: dict[str, str]


def parse_table(text: str) -> tuple[dict[str, str], ...]:
    """Services (name, alias, status, arch, path) or clients (service, client, arch, path); '' for ``-``.

    A client's row without its service belongs to the service above.
    """
    rows = lines(text)
    heading = " ".join(rows[0].split()) if rows else ""
    columns = next((names for titles, names in _TABLES.items() if " ".join(titles) == heading), None)
    if columns is None or len(rows) < 2 or set(rows[1]) - {"-", " "}:
        refuse("installadm list", rows[0] if rows else "", "is no table of services or clients")
    found: list[dict[str, str]] = []
    for line in rows[2:]:
        words = line.split()
        if len(words) == len(columns) - 1 and line.startswith(" ") and found and columns[0] == "service":
            words = [found[-1]["service"], *words]
        if len(words) != len(columns):
            refuse("installadm list", line, f"has {len(words)} cells under {len(columns)} columns")
        found.append({name: "" if word == "-" else word for name, word in zip(columns, words, strict=True)})
    return tuple(found)


def parse_assigned(text: str) -> dict[str, tuple[Assigned, ...]]:
    """``installadm list -m`` and ``-p``: service → its manifests or profiles. Criteria are ``name = value``, None without any."""
    rows = lines(text)
    if len(rows) < 2 or not rows[0].startswith(("Service/Manifest Name", "Service/Profile Name")) or set(rows[1]) - {"-", " "}:
        refuse("installadm list", rows[0] if rows else "", "is no heading of manifests or profiles")
    start = rows[0].index("Criteria")
    found: dict[str, list[Assigned]] = {}
    service = ""
    for line in rows[2:]:
        left, criterion = line[:start].split(), line[start:].strip()
        if not line.startswith(" "):
            service = line.strip()
            found.setdefault(service, [])
            continue
        if not service or len(left) > 2 or (not left and not found[service]):
            refuse("installadm list", line, "is not a manifest or profile of a service")
        if left:
            found[service].append(Assigned(service, left[0], left[1] if len(left) == 2 else "", {}))
        name, equals, value = criterion.partition("=")
        if equals:
            found[service][-1].criteria[name.strip()] = value.strip()
        elif criterion not in ("None", ""):
            refuse("installadm list", line, "has criteria that are not name = value")
    return {name: tuple(parts) for name, parts in found.items()}
