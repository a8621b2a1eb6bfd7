# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arguments of a zone's boot: ``-s`` (single user), ``-m`` SMF options; of zoneadm, else of the property bootargs.

zoneadmd's filter_bootargs() in the OpenSolaris sources: a first word that is no option is the boot file, and ignored; whatever else it
does not know is warned of, and the zone boots all the same.
"""

from __future__ import annotations

import getopt
from dataclasses import dataclass

from ...call import Call
from ...truth import Zone
from ..options import Unknown
from . import rules

#: What is up at svc:/milestone/single-user of the lab's services.
SINGLE_USER = (
    "system/svc/", "milestone/single-user", "milestone/devices", "milestone/sysconfig", "network/loopback", "system/filesystem/root",
    "system/filesystem/usr", "system/filesystem/minimal", "system/identity", "system/manifest-import", "system/keymap", "system/sysevent",
)  # fmt: skip


@dataclass(frozen=True)
class BootArguments:
    single_user: bool = False


NONE = BootArguments()


def of_command(call: Call, zone: Zone, words: list[str]) -> BootArguments:
    """``words``: operands behind the subcommand, without ``--``. Prints the warning. Raises Unknown for -i and milestones."""
    given = [word for word in words if word not in ("", "--")] or str(zone.config.get("bootargs", "")).split()
    if given and not given[0].startswith("-"):
        given = given[1:]
    single, bad = False, ""
    while given:
        try:
            options, rest = getopt.getopt(given, "fi:m:s")
        except getopt.GetoptError as err:  # warned of, and the rest is looked at
            bad += f" -{err.opt}"
            given = _behind(given, err.opt)
            continue
        for flag, value in options:
            if flag == "-i" or (flag == "-m" and "milestone=" in value and value != "milestone=single-user"):
                raise Unknown(f"boot arguments {flag} {value}")
            single = single or flag == "-s" or value == "milestone=single-user"
        bad += " ".join(rest) if not bad else "".join(rest)
        break
    if bad:
        call.err(rules.daemon(call, zone.name, f"WARNING: Unused or invalid boot arguments `{bad}'.") + "\n")
    return BootArguments(single)


def _behind(words: list[str], letter: str) -> list[str]:
    """The words behind the first one that holds the option ``letter``."""
    place = next(place for place, word in enumerate(words) if word.startswith("-") and letter in word)
    return words[place + 1 :]


def limit(zone: Zone, given: BootArguments) -> None:
    """Single user: services beyond that milestone are not started."""
    if not given.single_user:
        return
    for fmri, service in zone.services.items():
        if service.state == "offline" and not fmri[5:].startswith(SINGLE_USER):
            service.next_state = "-"
