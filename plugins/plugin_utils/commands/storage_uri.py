# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""suri(7): storage as zonecfg's rootzpool names it. Known here are logical units by their NAA identifier, which every node shares."""

from __future__ import annotations

import re

#: With the ports that it is reached by, or without them.
_HEX = "[0-9A-Fa-f]"
_LUN = re.compile(rf"lu:(?:initiator\.naa\.{_HEX}+,target\.naa\.{_HEX}+,)?luname\.naa\.(?P<guid>{_HEX}{{16}}|{_HEX}{{32}})\Z")


def of_lun(guid: str) -> str:
    """The URI of a LUN, in small letters as suri(7) writes them."""
    return f"lu:luname.naa.{guid.lower()}"


def lun(uri: str) -> str:
    """The LUN's GUID in capitals; '' for storage of any other kind (local devices, iSCSI, EUI names)."""
    found = _LUN.match(uri)
    return found["guid"].upper() if found else ""
