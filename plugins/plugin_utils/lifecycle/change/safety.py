# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is never done to a running zone: cutting the address it is managed by, taking away a file system that is in use."""

from __future__ import annotations

from netaddr import AddrFormatError, IPAddress

from ...commands.zonecfg_canonical import identity
from ...model.change import Impossible, impossible
from ...model.vserver import VServer
from ...model.zone import ZoneConfig, ZoneResource
from ..actual import NodeActual
from ..context import NodeContext
from . import by_hand

#: Changing one of these takes an anet off its network for a moment, or for good.
_CARRIER = ("lower-link", "vlan-id", "physical")


def check(vserver: VServer, live: ZoneConfig, reach: ZoneConfig, actual: NodeActual, context: NodeContext, *, force: bool) -> None:
    """Raises Impossible. ``force`` lets the management address go, never what is busy."""
    if not force:
        _check_management(vserver, live, reach, context)
    for one in by_hand.leaving(live, reach):
        place = str(one.properties["dir"])
        users = actual.in_use.get(f"{vserver.zonepath}/root{place}", ())
        if users:
            why = f"in use by processes {', '.join(str(pid) for pid in users)}"
            raise Impossible(
                f"vServer {vserver.name}: file system {place} is {why}: it is not taken away from them. 'fuser -c "
                f"{vserver.zonepath}/root{place}' on node {context.node} names them. End them, or use apply: next_boot.",
                {f"fs[dir={place}]": impossible(why)},
            )


def addresses(resource: ZoneResource) -> list[IPAddress]:
    """Of a net or anet; a host name (Solaris takes one) is none that could be looked at."""
    given = resource.properties.get("address") or resource.properties.get("allowed-address") or ()
    texts = [given] if isinstance(given, str) else list(given)
    found = []
    for text in (part.strip() for several in texts for part in several.split(",")):
        try:
            found.append(IPAddress(text.partition("/")[0]))
        except (AddrFormatError, ValueError):
            continue
    return found


def _check_management(vserver: VServer, live: ZoneConfig, reach: ZoneConfig, context: NodeContext) -> None:
    for kind in ("net", "anet"):
        have, want = by_hand.of_kind(live, kind), by_hand.of_kind(reach, kind)
        for key, leg in have.items():
            stays = want.get(key)
            moved = stays is None or any(leg.properties.get(one) != stays.properties.get(one) for one in _CARRIER)
            kept = [] if stays is None or moved else addresses(stays)
            for address in addresses(leg):
                networks = [network for network in context.networks.values() if address in network.subnet and network.type == "management"]
                if networks and address not in kept:
                    why = f"{address} in management network {networks[0].name} would be cut off while it runs"
                    path = f"{kind}[{','.join(f'{one}={value}' for one, value in identity(leg))}]"
                    raise Impossible(
                        f"vServer {vserver.name}: {why}, and with it whoever works there. Say force if that is meant, or use "
                        "apply: next_boot. Nothing was changed.",
                        {path: impossible(why)},
                    )
