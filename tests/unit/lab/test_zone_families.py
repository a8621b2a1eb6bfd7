# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arguments nobody thought of: a family answers with a message and an exit code, never with a defect."""

from __future__ import annotations

import random

import pytest

from .zone_world import World, disk

ZONE_VERBS = (
    "install", "boot", "halt", "attach", "detach", "uninstall", "mark", "list", "apply", "clone", "move", "migrate", "shutdown", "reboot",
)  # fmt: skip
VERBS = {
    "zpool": ["create", "destroy", "add", "import", "export", "list", "get", "set", "status", "attach", "detach", "replace", "offline"],
    "zfs": ["create", "destroy", "list", "get", "set", "inherit", "mount", "unmount", "rename", "snapshot"],
    "zoneadm": ["list", *(f"-z z1 {verb}" for verb in ZONE_VERBS)],
    "svcs": [""],
    "svcadm": ["enable", "disable", "restart", "clear", "mark"],
    "svcprop": ["-p"],
    "zlogin": ["z1"],
}
WORDS = """-f -r -H -p -o -v -x -a -d 1 -t all -F -u -- - -z -Z -s -l dp dp/a dp/a/b rpool dp@s nix nix/x quota=1G mountpoint=none zoned=on
name,used mirror c1t0d0 z1 global ssh * [ maintenance incomplete state,fmri size = a=b true unavailable z2 /zones/z1 /other
ssh://nodeb force-zbe-clone copy milestone=none""".split()
WORDS += ["", "\u00e9", disk(0), disk(2), f"/dev/dsk/{disk(3)}"]


@pytest.mark.parametrize("release", ["s10", "s11.3", "s11.4"])
@pytest.mark.parametrize("seed", range(12))
def test_any_arguments(release: str, seed: int) -> None:
    chance = random.Random(seed)
    world = World(release)
    zone = world.zone()
    world.zone("z2", "/zones/z2")
    world.run(f"zpool create -m /zones dp mirror {disk(0)} {disk(1)}")
    for _ in range(60):
        name = chance.choice(list(VERBS))
        words = [name, *chance.choice(VERBS[name]).split(), *chance.choices(WORDS, k=chance.randint(0, 4))]
        rc, _, err = world.run(" ".join(words), user=chance.choice(["root", "root", "root", "operator"]))
        assert rc in (0, 1, 2, 3, 7, 125), words
        assert (rc == 125) == ("lab: not simulated" in err), words
        assert zone.state in ("configured", "incomplete", "unavailable", "installed", "ready", "running"), words
        assert (zone.zone_id is not None) == (zone.state in ("ready", "running")), words
        for machine in world.centre.machines.values():
            assert len(set(machine.imported)) == len(machine.imported), words
