# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work inside vServers through their nodes: real ssh, the lab's zlogin, no Python and no sshd in the zones."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import zone_session
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.shell import quote
from tests.lab.client import CHECKOUT, Lab
from tests.lab.isolation import choose

from .world import Row, World

ZLOGIN = {"ansible_connection": "heliostat.vdc.zlogin"}
PASSWORD = "correct horse"
ZONES = {"mon1": "t8a", "web1": "t8b", "git1": "t5a", "ledger2": "t4a"}

#: Puts a file into the zone and fetches it again, as modules do that need no Python there.
CARRY = """
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        self._connection.put_file(self._task.args["src"], self._task.args["path"])
        self._connection.fetch_file(self._task.args["path"], self._task.args["back"])
        return {"changed": True}
"""


@pytest.fixture(scope="module")
def estate(shared: World) -> World:
    """A vServer on each node, and the repository as a second inventory beside the declarations."""
    for name, node in ZONES.items():
        row = shared.task(node, "vserver", name=name)
        assert row.status == "ok", row.message
    text = {"plugin": "heliostat.vdc.repository", "repository": shared.url}
    (shared.inventory / "estate.repository.yml").write_text(yaml.safe_dump(text))
    actions = shared.folder / "action_plugins"
    actions.mkdir(exist_ok=True)
    (actions / "carry.py").write_text(CARRY)
    return shared


def inside(world: World, host: str, *tasks: dict[str, Any], **variables: Any) -> list[Row]:
    """The tasks' results, whatever becomes of each."""
    run = world.play(
        world.book(host, [{"ignore_errors": True, "ignore_unreachable": True, **task} for task in tasks], vars=ZLOGIN | variables)
    )
    assert len(run.rows) == len(tasks), run.output
    return run.rows


def test_a_command_in_zones_of_every_release(estate: World) -> None:
    """The repository says the node, the node's variables say the way: nothing else is set."""
    line = "zonename; cat /etc/nodename; pwd; echo ${LC_ALL-none} $PATH; echo err >&2; exit 3"
    run = estate.play(estate.book(",".join(ZONES), [{"raw": line}], vars=ZLOGIN))
    assert {row.host for row in run.rows} == set(ZONES)
    for row in run.rows:
        assert (row.status, row.result["rc"]) == ("failed", 3), row.message
        assert row.result["stdout_lines"] == [row.host, row.host, "/root", "none /usr/sbin:/usr/bin"]
        assert row.result["stderr_lines"] == ["err"], "no terminal mixes the streams"


def test_the_file_system_is_the_zones(estate: World) -> None:
    (row,) = inside(estate, "web1", {"raw": "echo x >/etc/mine && ls /etc/mine /zones"})
    assert "/etc/mine" in row.result["stdout"]
    assert "/zones" in row.result["stderr"], "a zone does not see the zones of its node"
    there = estate.lab.ssh("t8b", "cat /zones/web1/root/etc/mine; ls /etc/mine")
    assert (there.stdout, there.returncode) == ("x\n", 2)


def test_scripts_and_our_own_modules(estate: World, tmp_path: Path) -> None:
    script = tmp_path / "a script.sh"
    script.write_text('#!/bin/sh\necho "$1 in `zonename`"; ls -l "$0" | cut -c1-10; exit 4\n')
    ran, own = inside(estate, "web1", {"script": f'"{script}" "it\'s"'}, {"heliostat.vdc.node_info": {}})
    assert (ran.result["rc"], ran.result["stdout_lines"]) == (4, ["it's in web1", "-rwx------"])
    assert "prtdiag can only be run in the global zone" in own.message, "our script ran there, and a zone is no node"
    leftovers = estate.lab.ssh("t8b", "ls /zones/web1/root/root/.ansible/tmp; ls /root/.ansible/tmp").stdout
    assert leftovers == ""


def test_files_pass_both_ways(estate: World, tmp_path: Path) -> None:
    path = "/var/tmp/-a file's $(touch owned) `x` ünï\\"
    tasks = []
    for size in (0, 100_000, 2 * zone_session.PIECE + 7):
        (tmp_path / f"to{size}").write_bytes(os.urandom(size))
        tasks.append({"carry": {"src": str(tmp_path / f"to{size}"), "path": path + str(size), "back": str(tmp_path / f"back{size}")}})
    tasks.append({"carry": {"src": str(tmp_path / f"to{size}"), "path": "/nowhere/x", "back": "/x"}})
    *carried, misplaced = inside(estate, "web1", *tasks)
    assert [row.status for row in carried] == ["ok"] * 3
    for size in (0, 100_000, 2 * zone_session.PIECE + 7):
        assert (tmp_path / f"back{size}").read_bytes() == (tmp_path / f"to{size}").read_bytes()
    there = estate.root("t8b").parent.parent.parent / "pools"
    assert sorted(found.stat().st_size for found in there.glob("**/-a file*")) == [0, 100_000, 2 * zone_session.PIECE + 7]
    assert list(there.glob("**/owned")) == []
    assert misplaced.status == "failed", "not unreachable"
    for word in ("vServer web1", "node t8b (127.0.40.12)", "/nowhere/x could not be written", "No such file"):
        assert word in misplaced.message


# --- privileges ------------------------------------------------------------------------------------------------------
OPERATOR = "operator:x:100:10:Operator:/export/home/operator:/bin/sh"


@pytest.mark.parametrize(("zone", "way"), [("mon1", "pfexec"), ("git1", "sudo")])
def test_an_operator_of_the_node(estate: World, zone: str, way: str) -> None:
    """Said once, with the node: every vServer on it follows."""
    node = ZONES[zone]
    path = estate.inventory / "host_vars" / f"{node}.yml"
    text = path.read_text()
    try:
        path.write_text(f"{text}\nansible_user: operator\n")
        (refused,) = inside(estate, zone, {"raw": "zonename"})
        path.write_text(f"{text}\nansible_user: operator\nheliostat_zlogin_become: {way}\n")
        (row,) = inside(estate, zone, {"raw": "zonename; id"})
    finally:
        path.write_text(text)
    assert refused.status == "unreachable"
    assert f"vServer {zone} on node {node}" in refused.message
    assert "heliostat_zlogin_become" in refused.message
    assert row.result["stdout_lines"] == [zone, "uid=0(root) gid=0(root)"]


@pytest.mark.parametrize(("zone", "password"), [("git1", None), ("web1", PASSWORD)])
def test_become_works_inside_the_zone(estate: World, zone: str, password: str | None) -> None:
    variables = {"ansible_become_password": password} if password else {}
    user = {"heliostat_zlogin_user": "operator"}
    inside(estate, zone, {"raw": f"grep operator /etc/passwd || echo {OPERATOR} >>/etc/passwd; mkdir -p /export/home/operator"})
    plain, become = inside(
        estate, zone, {"raw": "id; pwd"}, {"raw": "id", "become": True, "become_method": "sudo"}, **user, **variables
    )  # fmt: skip
    assert plain.result["stdout_lines"] == ["uid=100(operator) gid=10(staff)", "/export/home/operator"]
    assert become.result["stdout_lines"] == ["uid=0(root) gid=0(root)"]


# --- what can be wrong -----------------------------------------------------------------------------------------------
WRONG: list[tuple[dict[str, str], str]] = [
    ({"heliostat_zone": "nix"}, "vServer nix on node t8a (127.0.40.11): zlogin: zone 'nix' unknown: it is not configured there"),
    ({"heliostat_zone": "a;b"}, "zone name"),
    ({"heliostat_zlogin_user": "nix"}, "vServer mon1 on node t8a (127.0.40.11): su: Unknown id: nix"),
    ({"heliostat_zlogin_node": "t9z"}, "its node t9z (heliostat_zlogin_node) is no host of the inventory"),
    ({"heliostat_zlogin_node": ""}, "nothing says on which node it is"),
]


def test_what_is_wrong_is_said(estate: World) -> None:
    rows = inside(estate, "mon1", *({"raw": "true", "vars": variables} for variables, _ in WRONG))
    for row, (variables, said) in zip(rows, WRONG, strict=True):
        assert row.status in ("failed", "unreachable"), variables
        assert said in row.message


def test_a_vserver_that_does_not_run(estate: World) -> None:
    assert estate.lab.ssh("t4a", "zoneadm -z ledger2 halt").returncode == 0
    (row,) = inside(estate, "ledger2", {"raw": "true"})
    assert estate.lab.ssh("t4a", "zoneadm -z ledger2 boot").returncode == 0
    assert row.status == "unreachable"
    assert "zlogin: login allowed only to running zones (ledger2 is 'installed'): bring it to state running first." in row.message


def test_a_node_that_is_off(estate: World) -> None:
    (row,) = inside(estate, "mon1", {"raw": "true"}, ansible_host="10.40.0.55")
    assert row.status == "ok", "the vServer's own address does not matter"
    path = estate.inventory / "host_vars/t8a.yml"
    text = path.read_text()
    try:
        path.write_text(f"{text}\nansible_host: 127.0.40.99\n")
        (row,) = inside(estate, "mon1", {"raw": "true"})
    finally:
        path.write_text(text)
    assert row.status == "unreachable"
    assert "vServer mon1: its node t8a (127.0.40.99) does not answer, so nothing is known of the vServer" in row.message
    assert "Connection refused" in row.message


# --- together with the rest ------------------------------------------------------------------------------------------
def test_vservers_of_a_node_share_its_connection(estate: World) -> None:
    before = set(os.listdir(estate.environment()["ANSIBLE_SSH_CONTROL_PATH_DIR"]))
    inside(estate, "mon1", {"raw": "true"}, {"raw": "true"})
    (row,) = estate.play(estate.book("t8a", [{"raw": "true"}])).rows
    assert row.status == "ok"
    assert set(os.listdir(estate.environment()["ANSIBLE_SSH_CONTROL_PATH_DIR"])) - before == set()


def test_a_delegated_task_and_a_reset(estate: World) -> None:
    tasks = [
        {"raw": "zonename", "delegate_to": "web1", "vars": ZLOGIN},
        {"meta": "reset_connection"},
        {"raw": "zonename", "delegate_to": "mon1", "vars": ZLOGIN},
        {"raw": "zonename", "delegate_to": "{{ item }}", "vars": ZLOGIN, "loop": ["git1", "ledger2"]},
    ]
    run = estate.play(estate.book("web2", tasks, vars={"ansible_connection": "local"}))
    assert [row.result["stdout_lines"] for row in run.rows[:2]] == [["web1"], ["mon1"]], run.output
    assert [one["stdout_lines"] for one in run.rows[2].result["results"]] == [["git1"], ["ledger2"]]


def test_an_inventory_of_ones_own(estate: World, tmp_path: Path) -> None:
    """Without a repository: one variable names the node."""
    hosts = yaml.safe_load((estate.inventory / "hosts.yml").read_text())["all"]["children"]["nodes"]["hosts"]
    nodes = yaml.safe_load((estate.inventory / "group_vars/nodes.yml").read_text())
    nodes = {
        key: value.replace("{{ inventory_dir }}", str(estate.inventory)) if isinstance(value, str) else value
        for key, value in nodes.items()
    }
    zone = {"heliostat_zlogin_node": "t8a", "heliostat_zone": "mon1", **ZLOGIN}
    described = {"all": {"hosts": {"monitoring": zone}, "children": {"nodes": {"hosts": hosts, "vars": nodes}}}}
    (tmp_path / "own.yml").write_text(yaml.safe_dump(described))
    run = estate.play(estate.book("monitoring", [{"raw": "zonename"}]), "-i", str(tmp_path / "own.yml"))
    assert [row.result["stdout_lines"] for row in run.rows] == [["mon1"]], run.output


awkward = st.text("'\"\\`$(){};&|<>*?!~#%-=\n\t x/äA0", min_size=1, max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(awkward, min_size=1, max_size=3))
def test_words_arrive_through_real_ssh(estate: World, words: list[str]) -> None:
    command = " ".join(["printf", "'%s\\0'", *map(quote, words)])
    done = estate.lab.ssh("t8a", zone_session.login("mon1", command))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("\0")[:-1] == words


# --- the lab's zones, in both isolations -----------------------------------------------------------------------------
@pytest.mark.parametrize("mode", ["namespaces", "paths"])
def test_the_labs_zones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """A zone sees its own files, the node's programs, zlogin's environment."""
    if mode == "namespaces" and choose() != "namespaces":
        pytest.skip("no unprivileged user namespaces on this machine: paths is the only mode")
    monkeypatch.setenv("HELIOSTAT_LAB_ISOLATION", mode)
    with Lab.start(centre=CHECKOUT / "tests/lab/datacentres/demo.yml", state_dir=tmp_path / "lab") as lab:
        lab.clock(speed=2000)
        made = lab.ssh(
            "t4a",
            "zfs create -o mountpoint=/zones rpool/zones; mkdir -m 700 /zones/z; zonecfg -z z -f -",
            stdin="create -b\nset zonepath=/zones/z\n",
        )
        assert made.returncode == 0, made.stderr
        done = lab.ssh("t4a", "zoneadm -z z install && zoneadm -z z boot")
        assert done.returncode == 0, done.stderr
        write = lab.ssh("t4a", zone_session.login("z", zone_session.write("/etc/mine", 0)), stdin="of the zone\n")
        assert (write.returncode, write.stdout.split()) == (0, ["12"])
        seen = lab.ssh(
            "t4a",
            zone_session.login("z", "cat /etc/mine /etc/nodename; zonename; pwd; echo $HOME ${LC_ALL-none}; cat", "root"),
            stdin="in\n",
        )
        assert (seen.stdout, seen.stderr) == ("of the zone\nz\nz\n/root\n/root none\nin\n", "")
        assert lab.ssh("t4a", "cat /zones/z/root/etc/mine; ls /etc/mine").stdout == "of the zone\n"
        assert lab.ssh("t4a", "/usr/sbin/zlogin z exit 9").returncode == 9
        assert lab.ssh("t4a", "/usr/sbin/zlogin -S z 'echo  a  b'").stdout == "a b\n", "its words are joined for a second shell"
        assert lab.alarms() == []
