# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that others wrote for real Solaris judge the lab: they were never told what it prints.

Python is on the nodes of this lab only.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab import isolation
from tests.lab.client import DEMO, Lab

from . import others

NODES = {"t8a": "127.0.40.11", "t5a": "127.0.40.13", "t4a": "127.0.40.14"}
ELEVEN = [name for name in NODES if name != "t4a"]


class Clients:
    """A lab with Python on its nodes, and Ansible with the modules of others."""

    def __init__(self, lab: Lab, folder: Path, venv: Path) -> None:
        self.lab, self.folder, self.venv = lab, folder, venv
        options = {
            "ansible_port": json.loads((lab.state / "lab.json").read_text())["port"],
            "ansible_user": "root",
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_ssh_private_key_file": f"{lab.state}/id_ed25519",
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={lab.state}/known_hosts -o IdentitiesOnly=yes",
        }
        hosts = {name: {"ansible_host": address} for name, address in NODES.items()}
        luns = lab.truth()["luns"]
        seen = {name: [guid for guid, lun in luns.items() if name in lun["visible_to"]] for name in NODES}
        options["spare_luns"] = {"t8a": seen["t8a"][:2], "t5a": seen["t5a"][-2:], "t4a": seen["t4a"][-2:]}
        (folder / "hosts.yml").write_text(yaml.dump({"all": {"hosts": hosts, "vars": options}}))
        (folder / "ansible.cfg").write_text("[ssh_connection]\nssh_args = -o ControlMaster=auto -o ControlPersist=60s\n")

    def run(self, program: str, *words: str) -> dict[str, Any]:
        """The run as Ansible's json callback tells it."""
        environment = os.environ | {
            "ANSIBLE_CONFIG": f"{self.folder}/ansible.cfg",
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
            "ANSIBLE_LOAD_CALLBACK_PLUGINS": "true",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": f"{self.folder}/cp",
            "ANSIBLE_LOCAL_TEMP": f"{self.folder}/tmp",
        }
        argv = [str(self.venv / "bin" / program), "-i", f"{self.folder}/hosts.yml", *words]
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False, timeout=600)
        assert done.stdout.startswith("{"), done.stdout + done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    if isolation.choose() != "namespaces":
        pytest.skip("this host allows no namespaces, which Python on the lab's nodes needs")
    try:
        venv = others.environment()
    except others.NotAvailable as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("clients")
    (folder / "centre.yml").write_text(DEMO.read_text() + "\npython: true\n")
    with Lab.start(folder / "centre.yml", folder / "lab") as lab:
        lab.clock(speed=1000)
        yield Clients(lab, folder, venv)
        assert lab.alarms() == []


@pytest.fixture(scope="module")
def facts(clients: Clients) -> dict[str, dict[str, Any]]:
    told = clients.run("ansible", "all", "-m", "ansible.builtin.setup", "-a", "gather_subset=all")
    hosts = told["plays"][0]["tasks"][0]["hosts"]
    return {name: found["ansible_facts"] for name, found in hosts.items()}


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("t8a", {"distribution_version": "11.4", "distribution_release": "Oracle Solaris 11.4 SPARC", "product_name": "SPARC T8-1"}),
        ("t5a", {"distribution_version": "11.3", "distribution_release": "Oracle Solaris 11.3 SPARC"}),
        ("t4a", {"distribution_version": "10", "distribution_release": "Oracle Solaris 10 1/13 s10s_u11wos_24a SPARC"}),
    ],
)
def test_setup_knows_the_node(clients: Clients, facts: dict[str, dict[str, Any]], node: str, expected: dict[str, str]) -> None:
    found, truth = facts[node], clients.lab.truth(node)
    assert {key: found[f"ansible_{key}"] for key in expected} == expected
    assert (found["ansible_system"], found["ansible_distribution"], found["ansible_os_family"]) == ("SunOS", "Solaris", "Solaris")
    assert found["ansible_system_vendor"] == "Oracle Corporation"
    assert found["ansible_memtotal_mb"] == truth["memory"] >> 20
    assert (found["ansible_processor_count"], found["ansible_processor_cores"]) == (truth["chips"], truth["threads"])
    assert f" @ {truth['mhz']}MHz" in found["ansible_processor"][0]
    assert found["ansible_virtualization_type"] == "ldom"
    assert found["ansible_swaptotal_mb"] > found["ansible_swapfree_mb"] > 0
    assert found["ansible_uptime_seconds"] > 0
    assert {disk["serial"] for disk in found["ansible_devices"].values()} >= {disk["serial"] for disk in truth["disks"]}
    for entry in truth["addresses"]:
        interface = found[f"ansible_{entry['link']}"]
        assert entry["address"].partition("/")[0] in [address["address"] for address in interface["ipv4"]]


@pytest.fixture(scope="module")
def tasks(clients: Clients) -> dict[str, dict[str, Any]]:
    """Task's name → node → its result."""
    told = clients.run("ansible-playbook", str(Path(__file__).with_name("clients.yml")))
    return {task["task"]["name"]: task["hosts"] for task in told["plays"][0]["tasks"]}


def changes(result: dict[str, Any]) -> list[bool]:
    assert not any(item.get("failed") for item in result["results"]), [item.get("msg") for item in result["results"]]
    return [item["changed"] for item in result["results"]]


@pytest.mark.parametrize("node", NODES)
def test_zfs_and_its_facts(tasks: dict[str, dict[str, Any]], node: str) -> None:
    assert changes(tasks["zfs"][node]) == [True, False]
    told = tasks["zfs_facts"][node]["ansible_facts"]["ansible_zfs_datasets"]
    assert told == [{"name": "rpool/zones", "mountpoint": "/zones", "quota": "21474836480"}]


@pytest.mark.parametrize("node", NODES)
def test_a_pool_is_made_and_then_asked_for_in_openzfs_words(tasks: dict[str, dict[str, Any]], node: str) -> None:
    """Of an existing pool the module asks 'zpool status -P -L', which no Solaris knows: from then on it fails, as there."""
    made, again = tasks["zpool"][node]["results"]
    assert made["changed"] and not made.get("failed")
    assert again["failed"] and again["cmd"].endswith("zpool status -P -L scratch")


@pytest.mark.parametrize("node", NODES)
def test_a_zone_through_all_its_states(tasks: dict[str, dict[str, Any]], node: str) -> None:
    """``stopped`` always halts and says changed; a detached zone keeps its configuration."""
    running, stopped, detached, attached, configured, absent = (
        [True, False],
        [True, True],
        [True, False],
        [True, False],
        [False],
        [True, False],
    )
    assert changes(tasks["zone"][node]) == [*running, *stopped, *detached, *attached, *configured, *absent]


@pytest.mark.parametrize("node", NODES)
def test_a_bad_configuration_is_saved_in_part(clients: Clients, tasks: dict[str, dict[str, Any]], node: str) -> None:
    """zonecfg commits what came before the error: the second run finds a zone."""
    first, second = tasks["bad"][node]["results"]
    assert first["failed"] and "syntax error" in first["msg"]
    assert not second.get("failed") and not second["changed"] and second["msg"] == "zone already exists"


@pytest.mark.parametrize("node", NODES)
def test_services(tasks: dict[str, dict[str, Any]], node: str) -> None:
    assert changes(tasks["cron"][node]) == [False, True, False, True, False, True, True]
    assert changes(tasks["enabled"][node]) == [True, False, True, False]


@pytest.mark.parametrize("node", ELEVEN)
def test_the_active_boot_environment_is_found(tasks: dict[str, dict[str, Any]], node: str) -> None:
    assert tasks["beadm"][node]["changed"] is False
