# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""psrinfo in its four forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import psrinfo


def parsed(command: str, os: str, text: str) -> object | None:
    options = command.removeprefix("psrinfo").strip()
    if options == "":
        return _processors(psrinfo.parse_plain(text))
    if options == "-v":
        found = psrinfo.parse_verbose(text)
        facts = _processors(found)
        # said of the machine: the first processor's, as all but mixed boards run alike
        return {**facts, "isa": found[0].isa if found else None, "mhz": found[0].mhz if found else None}
    if options == "-p":
        return {"physical": psrinfo.parse_count(text)}
    if options in ("-vp", "-pv", "-v -p", "-p -v"):
        chips = psrinfo.parse_chips(text)
        kinds = Counter((chip.model, chip.mhz) for chip in chips)
        cores = [chip.cores for chip in chips if chip.cores is not None]
        facts = {
            "physical": len(chips),
            "virtual": sum(len(chip.ids) for chip in chips),
            "chips": [{"model": model, "mhz": mhz, "count": count} for (model, mhz), count in kinds.items()],
        }
        return {**facts, "cores": sum(cores)} if len(cores) == len(chips) else facts
    return None


def _processors(found: Sequence[psrinfo.Processor]) -> dict[str, object]:
    return {"virtual": len(found), "states": Counter(one.state for one in found)}
