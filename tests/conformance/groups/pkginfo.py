# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SVR4 packages and patches."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import svr4

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    if words[:2] == ["pkginfo", "-l"]:
        found = svr4.parse_info(text)
        rows = [{label.lower(): value for label, value in one.items()} for one in found]
        about: dict[str, object] = {"packages": [one["PKGINST"] for one in found]}
        for name in ("version", "status", "arch"):
            if len({row.get(name) for row in rows}) == 1 or name == "version":
                about[name] = rows[0].get(name) if rows else None
        return Table(rows, "pkginst", about)
    if words == ["pkginfo", "-x"]:
        return Table(
            [
                {"pkginst": one.instance, "name": one.name, "arch": one.architecture, "version": one.version}
                for one in svr4.parse_packages(text)
            ],
            "pkginst",
        )
    if words in (["showrev", "-p"], ["patchadd", "-p"]):
        return Table(
            [
                {
                    "patch": one.id,
                    "obsoletes": one.obsoletes,
                    "requires": one.requires,
                    "incompatibles": one.incompatibles,
                    "packages": one.packages,
                }
                for one in svr4.parse_patches(text)
            ],
            "patch",
        )
    return None
