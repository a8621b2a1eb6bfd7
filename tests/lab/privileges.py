# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How ``operator`` may become root on each machine: told by the lab when it starts, asked by sudo, su and pfexec."""

from __future__ import annotations

from .centre import Privileges

_RULES: dict[str, Privileges] = {}

#: Which of the simulated commands each rights profile runs as root: exec_attr(4) as delivered with Solaris 11; the last one is of
#: the site's own making, as the project's documentation tells operators to make it. Real programs (cp, chmod)
#: are in none of them; the lab does not protect files from them.
PROFILES: dict[str, set[str]] = {
    "Zone Management": {"zoneadm", "zlogin"},
    "Zone Security": {"zonecfg", "zoneadm"},
    "ZFS File System Management": {"zfs"},
    "ZFS Storage Management": {"zpool"},
    "Network Management": {"dladm", "ipadm", "ifconfig", "route", "flowadm"},
    "Service Management": {"svcadm", "svccfg"},
    "Heliostat Deployment": {"zoneadm", "zonecfg", "zlogin", "zpool", "zfs", "format", "prtdiag", "mpathadm", "prctl", "rcapadm"},
}


def configure(rules: dict[str, Privileges]) -> None:
    unknown = {profile for entry in rules.values() for profile in entry.profiles} - set(PROFILES)
    if unknown:
        raise ValueError(f"operator: unknown rights profile {sorted(unknown)[0]!r}; known are {', '.join(PROFILES)}")
    _RULES.clear()
    _RULES.update(rules)


def of_machine(name: str) -> Privileges:
    """The machine's rules; the default ones (pfexec and sudo without a password) when the file says nothing."""
    return _RULES.get(name, Privileges())


def granted(machine: str, command: str) -> bool:
    """Whether a profile of the operator lets ``command`` run as root, when it is started from a profile shell."""
    rules = of_machine(machine)
    return rules.pfexec or any(command in PROFILES[profile] for profile in rules.profiles)
