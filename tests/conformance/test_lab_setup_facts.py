# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-core's own SunOS facts, written for real machines, read the lab's commands: an independent client."""

from __future__ import annotations

import asyncio
from pathlib import PurePosixPath

import pytest
from ansible.module_utils.facts.hardware.sunos import SunOSHardware
from ansible.module_utils.facts.network.sunos import SunOSNetwork
from ansible.module_utils.facts.virtual.sunos import SunOSVirtual

from tests.lab.call import COMMANDS
from tests.unit.lab.node_world import nodes
from tests.unit.lab.zone_world import World


class Module:
    """What the fact classes use of a module: programs of one machine of the lab."""

    run_command_environ_update: dict[str, str] = {}

    def __init__(self, world: World, on: str) -> None:
        self.world, self.on = world, on

    def get_bin_path(self, name: str, *_rest: object, **_options: object) -> str | None:
        known = {"prtdiag", "virtinfo", "ifconfig"} if self.on != "x6" else {"prtdiag", "ifconfig"}
        return f"/usr/sbin/{name}" if name in known else None

    def run_command(self, argv: str | list[str], **_options: object) -> tuple[int, str, str]:
        words = argv.split() if isinstance(argv, str) else argv
        call, printed = self.world.call("", self.on)
        call.argv = [PurePosixPath(words[0]).name, *words[1:]]
        rc = asyncio.run(COMMANDS[call.argv[0]](call))
        return rc, "".join(text for fd, text in printed if fd == 1), "".join(text for fd, text in printed if fd == 2)


@pytest.fixture
def world() -> World:
    return nodes()


@pytest.mark.parametrize(
    ("on", "chips", "processors", "memory", "product", "brand"),
    [
        ("t8", 1, 256, 262144, "SPARC T8-1", "SPARC-M8 @ 5067MHz"),
        ("t5", 2, 256, 262144, "SPARC T5-2", "SPARC-T5 @ 3600MHz"),
        ("t4", 1, 64, 131072, "SPARC T4-1", "SPARC-T4 @ 2848MHz"),
    ],
)
def test_hardware(world: World, on: str, chips: int, processors: int, memory: int, product: str, brand: str) -> None:
    facts = SunOSHardware(Module(world, on))
    cpu = facts.get_cpu_facts()
    assert (cpu["processor_count"], cpu["processor_cores"]) == (chips, processors)
    assert cpu["processor"][-1] == brand
    amounts = facts.get_memory_facts()
    assert amounts["memtotal_mb"] == memory
    assert amounts["swaptotal_mb"] == memory + 4096
    assert facts.get_dmi_facts() == {"system_vendor": "Oracle Corporation", "product_name": product}
    disk = facts.get_device_facts()["devices"]["sd0"]
    assert (disk["size"], disk["vendor"], disk["product"]) == ("300.00 GB", "HITACHI", "H109060SESUN600G")
    assert disk["serial"].startswith("00111")
    assert facts.get_uptime_facts()["uptime_seconds"] > 0


def test_interfaces(world: World) -> None:
    for on, name, mac in (("t8", "net0", "00:10:e0:d2:a1:00"), ("t4", "igb0", "00:21:28:2f:4d:08")):
        known = SunOSNetwork(Module(world, on)).get_interfaces_info("/usr/sbin/ifconfig")[0]
        assert known[name]["macaddress"] == mac
        assert known[name]["ipv4"][0]["netmask"] == "255.255.255.0"
        assert known["lo0"]["ipv4"][0]["address"] == "127.0.0.1"


def test_virtualization(world: World) -> None:
    facts = SunOSVirtual(Module(world, "t8")).get_virtual_facts()
    assert facts["virtualization_type"] == "ldom"
    assert facts["virtualization_role"] == "host (control,io,service,root)"
