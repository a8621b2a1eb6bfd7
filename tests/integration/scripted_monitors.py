# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Monitors of the heartbeat that say what a test has them say, on machines of the lab. Real ones are in heartbeat_world.py.

The lines are those of a real monitor's ``heliostat-heartbeat --json status``; what a test is about is put into them.
"""

from __future__ import annotations

import json
from typing import Any

import yaml

from .world import World

BOOT = "5c0f3a9d11e27b64"
ALIVE: dict[str, Any] = {
    "state": "alive", "verdict": None, "boot": BOOT, "maintenance": False, "disputed": False, "withheld": False,
    "paths_alive": 2, "paths_known": 2, "heard_ms_ago": 71, "suspect_after_ms": 1000, "lease": "held", "self_fence": "stop",
    "gated": True, "vote": 1, "load_thousandths": 40, "memory_mib": 7841, "memory_free_mib": 5120, "zones": 0,
}  # fmt: skip
FENCED = ALIVE | {
    "state": "fenced", "verdict": "off", "verdict_ms_ago": 30112, "incident": 4, "paths_alive": 0, "heard_ms_ago": 33407
}  # fmt: skip
#: Maintenance was declared, and it is heard.
AWAY = ALIVE | {"state": "away", "maintenance": True}
UNKNOWN = FENCED | {"state": "unknown", "verdict": None}
ITSELF = {"ok": True, "said": "", "monitor": 1, "armed": True, "acting": True, "nodes": 4, "counts": {"received": 91, "believed": 88}}

# As the client: exit code 1 where the monitor refuses.
_SCRIPT = """#!/bin/sh
cd /opt/heliostat/said || exit 3
test "$2" = maintenance && { echo "$3 $4" >>orders; cat itself; exit 0; }
case $3 in
'') cat nodes/* ;;
*) test -f nodes/$3 || { echo '{"ok":false,"said":"no such node: '$3'"}'; exit 1; }
   cat nodes/$3 ;;
esac
cat itself
"""


def place(world: World, host: str, number: int) -> None:
    """Gives a machine of the lab a monitor, which knows no node yet."""
    path = world.inventory / "host_vars" / f"{host}.yml"
    declared = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**declared, "heliostat_monitor": {"id": number, "paths": {"management": f"192.0.2.{number}"}}}))
    root = world.root(host) / "opt/heliostat"
    (root / "bin").mkdir(parents=True, exist_ok=True)
    (root / "said/nodes").mkdir(parents=True, exist_ok=True)
    for old in (root / "said/nodes").iterdir():
        old.unlink()
    (root / "said/itself").write_text(json.dumps(ITSELF | {"monitor": number}) + "\n")
    client = root / "bin/heliostat-heartbeat"
    client.write_text(_SCRIPT)
    client.chmod(0o755)


def says(world: World, host: str, node: str, number: int, judged: dict[str, Any]) -> None:
    line = json.dumps({"node": number, "name": node, **judged})
    (world.root(host) / "opt/heliostat/said/nodes" / node).write_text(f"{line}\n")


def silenced(world: World, host: str) -> None:
    """Its monitor does not run: the client says so, and ends with 3."""
    client = world.root(host) / "opt/heliostat/bin/heliostat-heartbeat"
    client.write_text("#!/bin/sh\necho 'heliostat-heartbeat: /var/run/heliostat/control: Connection refused' >&2\nexit 3\n")
