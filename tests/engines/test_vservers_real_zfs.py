# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers on two nodes that share LUNs, with the lab's ZFS and with a real one: what a zone wrote must be there wherever it goes.

Every test ends by asking for alarms, and whether an import was forced without proof: by anybody but the test's own hand, or by a recovery
before the power was off.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.world import Run
from tests.lab import isolation
from tests.lab.client import LabError

from .lab_with_zfs import GUESTS, NODES, SHARED, Shared, durable
from .zfs_hosts import missing

A, B = NODES
TEXT = "written before"
BOTH = pytest.mark.parametrize("centre", ["simulated", "real"], indirect=True)
REAL = pytest.mark.parametrize("centre", ["real"], indirect=True)


@pytest.fixture(scope="module")
def centre(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """The two nodes with one kind of ZFS; skipped where there can be none."""
    if request.param == "real":
        reason = missing() or (None if isolation.choose() == "namespaces" else "no namespaces")
        if reason is not None:
            pytest.skip(reason)
    made = Shared(tmp_path_factory.mktemp(request.param), request.param)
    yield made
    made.stop()


def ended(centre: Shared) -> None:
    assert centre.lab.alarms() == []
    assert len(centre.forced()) == centre.forced_with_proof, centre.forced()


@pytest.fixture
def world(centre: Shared) -> Iterator[Shared]:
    centre.reset()
    yield centre
    ended(centre)


@pytest.fixture
def deployed(centre: Shared) -> Iterator[Shared]:
    """vServer ledger runs on the first node and has written something: as the test before left it, or made anew."""
    if not centre.left_with("ledger", A):
        centre.reset()
        row = centre.vserver(A)
        assert row.status == "ok", row.message
    centre.begin()
    centre.write(A, "ledger", TEXT)
    yield centre
    ended(centre)


def give_away(world: Shared, node: str) -> None:
    row = world.vserver(node, state="detached", force=True)
    assert row.status == "ok", row.message
    assert row.steps[-1] == "export dataset ledger"
    assert world.imported(node) == []


def take(world: Shared, node: str) -> None:
    """Its data comes along, and running again finds nothing to do."""
    first, again = world.many(node, [("vserver", {"name": "ledger"})] * 2)
    assert first.status == "ok", first.message
    assert (first.steps[0], again.changed) == ("import dataset ledger", False)
    assert world.lab.truth(node)["zones"]["ledger"]["state"] == "running"
    assert world.read(node, "ledger") == TEXT


@BOTH
def test_two_vservers_are_placed_moved_and_grown(world: Shared) -> None:
    run = world.play("heliostat.vdc.vserver_deploy")
    assert run.rc == 0, run.output
    homes = {name: node for node in NODES for name in world.lab.truth(node)["zones"]}
    assert sorted(homes) == sorted(GUESTS)
    for name, node in homes.items():
        world.write(node, name, f"{TEXT} {name}")
    for node in NODES:
        names = [name for name in GUESTS if homes[name] == node]
        for row in world.many(node, [("vserver", {"name": name, "state": "detached", "force": True}) for name in names]):
            assert row.status == "ok", row.message
        assert world.imported(node) == []
    for node in NODES:
        names = [name for name in GUESTS if homes[name] != node]
        for name in names:
            declaration = world.declared(name)
            declaration["filesystems"][0]["size"] = "6G"
            world.declare(name, declaration)
        for row in world.many(node, [("vserver", {"name": name}) for name in names]):
            assert row.status == "ok", row.message
            assert any("set quota" in step for step in row.steps), row.steps
        for name in names:
            assert world.read(node, name) == f"{TEXT} {name}"
            assert world.sh(node, f"zfs get -Hp -o value quota {name}/zone").strip() == str(6 << 30)


@REAL
def test_a_running_zone_keeps_its_file_system_busy(deployed: Shared) -> None:
    for line in ("zpool export ledger", "zfs unmount ledger/zone"):
        done = deployed.lab.ssh(A, line)
        assert (done.returncode, done.stderr.splitlines()[0]) == (1, "cannot unmount '/zones/ledger': Device busy")
    assert deployed.read(A, "ledger") == TEXT


@BOTH
def test_a_crashed_node_keeps_what_it_had(deployed: Shared) -> None:
    """Nobody exported the pool: the other node does not take it, and the crashed one finds all when it is back."""
    deployed.lab.power(A, "off")
    dataset = {"name": "ledger", "luns": list(SHARED[:2]), "layout": "mirror", "vserver": "ledger"}
    vserver, pool = deployed.many(B, [("vserver", {"name": "ledger"}), ("dataset", dataset)])
    assert (vserver.status, pool.status) == ("failed", "failed")
    assert f"lives on node {A}" in vserver.message, "what the repository knows"
    assert "last used by another system and never exported" in pool.message, "what the LUNs say"
    assert deployed.imported(B) == []
    deployed.lab.power(A, "on", wait=True)
    assert deployed.vserver(A).status == "ok"
    assert deployed.read(A, "ledger") == TEXT


@REAL
def test_a_pool_that_cannot_be_opened(deployed: Shared) -> None:
    """Its LUNs were gone when the node booted: nothing is made or started over it; with the LUNs its data is back."""
    deployed.lab.power(A, "off")
    for guid in SHARED[:2]:
        deployed.lab.fault("*", "lun_gone", text=guid)
    deployed.lab.power(A, "on", wait=True)
    row = deployed.vserver(A)
    assert row.status == "failed"
    assert f"dataset ledger: pool is UNAVAIL on node {A}" in row.message
    assert row.plan == []
    deployed.lab.clear_faults()
    deployed.lab.power(A, "reset", wait=True)
    assert deployed.vserver(A).status == "ok"
    assert deployed.read(A, "ledger") == TEXT


@REAL
def test_migrated_there_and_back(deployed: Shared) -> None:
    for target in (B, A):
        run = deployed.play("heliostat.vdc.vserver_migrate", variables={"heliostat_vserver_names": ["ledger"], "heliostat_target": target})
        assert run.rc == 0, run.output
        assert deployed.lab.truth(target)["zones"]["ledger"]["state"] == "running"
        assert deployed.read(target, "ledger") == TEXT


@REAL
def test_a_busy_dataset_is_not_exported(deployed: Shared) -> None:
    """A process has its working directory in it: nothing is forced, nothing is lost, and once it ended the run goes on."""
    line = "cd /zones/ledger/root && { nohup sleep 300 >/dev/null 2>&1 </dev/null & echo $!; }"
    process = deployed.sh(A, line).strip()
    row = deployed.vserver(A, state="detached", force=True)
    assert row.status == "failed"
    for part in ("export dataset ledger", "cannot unmount '/zones/ledger': Device busy"):
        assert part in row.message
    assert deployed.imported(A) == ["ledger"]
    assert deployed.read(A, "ledger") == TEXT
    deployed.sh(A, f"kill {process}")
    give_away(deployed, A)


@REAL
def test_half_of_a_mirror_is_offline(deployed: Shared) -> None:
    disk = f"c0t{SHARED[1]}d0"
    deployed.sh(A, f"zpool offline ledger {disk}")
    row = deployed.vserver(A)
    assert (row.status, row.changed) == ("ok", False)
    assert any(f"dataset ledger is DEGRADED on node {A}, of its disks {disk} OFFLINE" in text for text in row.result["warnings"])
    give_away(deployed, A)
    take(deployed, B)


@REAL
def test_forced_over_a_dead_node(deployed: Shared) -> None:
    """By hand, as an operator who saw the power off: what was written is there, and the dead node takes nothing back when it boots."""
    deployed.lab.power(A, "off")
    refused = deployed.lab.ssh(B, "zpool import ledger")
    assert refused.returncode == 1
    assert "pool may be in use from other system" in refused.stderr
    deployed.by_hand(B, "zpool import -f ledger")
    assert deployed.read(B, "ledger") == TEXT
    deployed.write(B, "ledger", "written after")
    deployed.lab.power(A, "on", wait=True)
    assert deployed.imported(A) == []
    row = deployed.vserver(A)
    assert row.status == "failed"
    assert "last used by another system and never exported" in row.message
    assert deployed.read(B, "ledger") == "written after"


def recover(world: Shared) -> Run:
    return world.play("heliostat.vdc.vserver_recover", variables={"heliostat_lost_node": A, "heliostat_target": B})


@REAL
def test_recovery_without_proof_forces_nothing(deployed: Shared) -> None:
    """The node answers; then it hangs, and its service processor says that the power is on."""
    assert f"node {A} answers, so it is not lost" in recover(deployed).of("recovery").message
    deployed.lab.fault(A, "hang")
    assert "its power is on" in recover(deployed).of("recovery").message
    deployed.lab.clear_faults()
    assert deployed.forced() == []
    assert (deployed.imported(A), deployed.imported(B)) == (["ledger"], [])


@BOTH
def test_recovery_from_a_dead_node(deployed: Shared) -> None:
    """Its power is off by its service processor: the other node has all that was written, and the dead one takes nothing back."""
    deployed.lab.power(A, "off")
    done = recover(deployed)
    assert done.rc == 0, done.output
    assert "its power is off" in done.of("recovery").result["proof"]
    assert deployed.forced() == [["zpool", "import", "-f", "ledger"]]
    deployed.forced_with_proof = 1
    assert deployed.lab.truth(B)["zones"]["ledger"]["state"] == "running"
    assert deployed.read(B, "ledger") == TEXT
    deployed.lab.power(A, "on", wait=True)
    assert deployed.imported(A) == []


@REAL
def test_why_an_import_is_never_forced_over_a_living_node(world: Shared) -> None:
    """By hand, without any guard: both nodes write, neither is told, and what they wrote is gone. The judge sees it at once."""
    disks = " ".join(f"c0t{guid}d0" for guid in SHARED[:2])
    world.sh(A, f"zpool create -O mountpoint=none both mirror {disks} && zfs create -o mountpoint=/zones/both both/files")
    world.by_hand(B, "zpool import -f both")
    assert [alarm["kind"] for alarm in world.lab.alarms()] == ["double_import"]
    for number in range(3):
        for node in NODES:
            world.sh(node, durable("head -c 20000000 /dev/urandom", f"/zones/both/{node}{number}"))
    files = [set(world.sh(node, "ls /zones/both").split()) for node in NODES]
    assert not files[0] & files[1], "each sees its own files only"
    world.sh(A, "zpool scrub both; while zpool status both | grep 'in progress' >/dev/null; do sleep 1; done")
    status = world.sh(A, "zpool status both")
    assert "ZFS-8000-8A" in status, status
    for node in NODES:
        world.lab.power(node, "off")
    world.lab.clear_alarms()


@REAL
def test_what_a_real_zfs_cannot_play_is_said(world: Shared) -> None:
    world.sh(A, f"zpool create -O mountpoint=none dp c0t{SHARED[0]}d0")
    with pytest.raises(LabError, match="not simulated"):
        world.lab.fault("*", "lun_gone", text=SHARED[0])
    done = world.lab.ssh(A, "zfs create -o mountpoint=/var/dp dp/files")
    assert (done.returncode, done.stderr[:19]) == (125, "lab: not simulated:")
