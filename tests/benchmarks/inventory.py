# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory of a large estate: seconds and memory of ``ansible-inventory --list``, SQLite and PostgreSQL.

``python -m tests.benchmarks.inventory [NODES VSERVERS]``; without arguments 1,000 nodes and 10,000 vServers. Prints a Markdown table.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from netaddr import IPAddress, IPNetwork
from sqlalchemy import Connection

from ansible_collections.heliostat.vdc import plugins
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Attachment
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository import nodes, vservers
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.database import Database
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.location import normalised
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository
from tests.engines import postgresql
from tests.unit.repository.samples import facts, vserver

COLLECTIONS = Path(plugins.__path__[0]).parents[3]


def fill(url: str, number_of_nodes: int, number_of_vservers: int) -> None:
    """An estate through the same functions that playbooks use, but in one transaction."""
    database = Database(normalised(url))

    def work(connection: Connection) -> None:
        for number in range(number_of_nodes):
            networks = {"management": "net0", "public": "net1"}
            found = facts(number, disks=facts(number).disks[:3])
            nodes.record_node(connection, f"node{number:04}", found, f"pool{number % 20}", networks, str(IPAddress(0x0A000001 + number)))
        for number in range(number_of_vservers):
            home = number % number_of_nodes
            leg = Attachment("lan", IPNetwork(f"{IPAddress(int(IPAddress('172.16.0.10')) + number)}/12"))
            one = replace(vserver(f"vs{number:05}", 10 + number), compute_pool=f"pool{home % 20}", networks=(leg,))
            vservers.record_vserver(connection, one, f"node{home:04}", "activated")

    database.write(work)
    database.close()


@contextmanager
def engines(directory: Path) -> Iterator[dict[str, str]]:
    there = postgresql.programs() is not None
    with postgresql.running() if there else nullcontext("") as server:
        yield {"SQLite": f"sqlite:///{directory}/repository.db"} | ({"PostgreSQL": server} if there else {})


def measured(words: list[str], environment: dict[str, str]) -> tuple[float, int]:
    """Seconds and peak memory in MiB of a command, measured by a process of its own."""
    program = (
        "import resource, subprocess, sys, time\nbegan = time.monotonic()\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
        "print(time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *words], check=True, capture_output=True, text=True, env=os.environ | environment)
    seconds, kilobytes = done.stdout.split()
    return float(seconds), int(kilobytes) // 1024


def main(number_of_nodes: int = 1000, number_of_vservers: int = 10000) -> None:
    inventory = str(Path(sys.executable).with_name("ansible-inventory"))
    settings = {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)}
    print(f"{number_of_nodes} nodes, {number_of_vservers} vServers\n")
    print("| what | seconds | peak MiB |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as name, engines(Path(name)) as urls:
        empty = Path(name) / "empty"
        empty.write_text("[none]\n")
        seconds, memory = measured([inventory, "-i", str(empty), "--list"], settings)
        print(f"| ansible-inventory --list of an empty file | {seconds:.1f} | {memory} |")
        for engine, url in urls.items():
            open_repository(url, create=True).close()
            began = time.monotonic()
            fill(url, number_of_nodes, number_of_vservers)
            print(f"| {engine}: recording it all in one transaction | {time.monotonic() - began:.1f} | |")
            began = time.monotonic()
            with open_repository(url, read_only=True) as repository:
                found = repository.inventory()
            assert (len(found["nodes"]), len(found["vservers"])) == (number_of_nodes, number_of_vservers)
            print(f"| {engine}: rows read, without Ansible | {time.monotonic() - began:.2f} | |", flush=True)
            source = Path(name) / f"{engine}.repository.yml"
            source.write_text(f"plugin: heliostat.vdc.repository\nrepository: {url}\n")
            cached = settings | {
                "ANSIBLE_INVENTORY_CACHE": "true",
                "ANSIBLE_INVENTORY_CACHE_PLUGIN": "jsonfile",
                "ANSIBLE_INVENTORY_CACHE_CONNECTION": f"{name}/cache",
            }
            words = [inventory, "-i", str(source)]
            for what, more, environment in (
                ("ansible-inventory --list", ["--list"], settings),
                ("ansible-inventory --host vs00000 (reads all, prints one)", ["--host", "vs00000"], settings),
                ("the same, filling the cache", ["--host", "vs00000"], cached),
                ("the same, from the cache", ["--host", "vs00000"], cached),
            ):
                seconds, memory = measured([*words, *more], environment)
                print(f"| {engine}: {what} | {seconds:.1f} | {memory} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
