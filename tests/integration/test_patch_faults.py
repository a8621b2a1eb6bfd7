# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong around patches: a node that does not come back, a full disk, and the ways of zones. Every test has a node of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from .patching_world import PatchingWorld, patching_world, states
from .scripted_monitors import ALIVE, place, says, silenced
from .world import Row


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    with patching_world(tmp_path_factory.mktemp("faults"), 7) as made:
        yield made


def test_a_reboot_that_never_comes_back(world: PatchingWorld) -> None:
    """The run says where it stands and what the service processor says, and what of the patches is unknown; the next one ends it."""
    node = "t4p01"
    world.lab.fault(node, "never_up")
    patches = ["120001-02", "120010-03"]
    lost = world.install(node, patches=patches, single_user="asked", reboot_deadline=8)
    assert lost.status == "failed"
    assert "'reboot': node t4p01 does not answer" in lost.message
    assert "its power is on by service processor t4p01-sp" in lost.message
    assert set(states(lost).values()) == {"unknown"}
    with world.repository() as repository:
        assert repository.node(node).maintenance is True
        assert "patches are rolled out" in repository.node(node).flag_reason
    world.lab.clear_faults()
    world.lab.power(node, "off", wait=True)
    world.lab.power(node, "on", wait=True)
    done = world.install(node, patches=patches, single_user="asked")
    assert done.status == "ok", done.message
    assert set(states(done).values()) == {"installed"}
    assert world.applied(node, "120010-03") == 1
    with world.repository() as repository:
        assert repository.node(node).maintenance is False


def test_no_room(world: PatchingWorld) -> None:
    """Too little room is refused before anything begins; a disk that fills meanwhile fails the patch and nothing else."""
    node = "t4p02"
    refused = world.install(node, patches=["120001-02"], headroom=1 << 40)
    assert refused.status == "failed"
    assert "are to stay free (headroom)" in refused.message
    assert not world.applied(node, "120001-02")
    world.lab.fault(node, "fail", match=r"patchadd ", rc=18, text="Insufficient space in /var/sadm to save old files.", times=1)
    failed = world.install(node, patches=["120001-02"])
    assert failed.status == "failed"
    assert "120001-02: Insufficient space in /var/sadm to save old files" in failed.message
    assert states(failed) == {"120001-02": "failed"}
    assert world.install(node, patches=["120001-02"]).status == "ok"


def test_zones_that_are_detached_meanwhile(world: PatchingWorld) -> None:
    node = "t4p03"
    world.make_zone(node, "z1")
    world.make_zone(node, "z2", running=False)
    done = world.install(node, patches=["120001-02"], zones="detach")
    assert done.status == "ok", done.message
    assert {name: zone["state"] for name, zone in world.lab.truth(node)["zones"].items()} == {"z1": "running", "z2": "installed"}
    assert "120001-02" in world.shown(node) & world.shown(node, "z1")
    assert len(world.since(world.began, "zoneadm", "attach", "-u", node=node)) == 2


def test_a_zone_that_does_not_come_back_keeps_no_other_down(world: PatchingWorld) -> None:
    """Its failure is told and its note stays. One that somebody removes meanwhile is in nobody's way."""
    node = "t4p07"
    for name in ("z1", "z2", "z3"):
        world.make_zone(node, name)
    world.lab.fault(node, "fail", match=r"zoneadm -z z1 attach", rc=1, text="zoneadm: zone 'z1': cannot be attached", times=2)
    failed = world.install(node, patches=["120001-02"], zones="detach")
    assert failed.status == "failed"
    assert failed.message.count("'attach zone z1 and update it' on node t4p07 exit 1") == 2, "on the way, and on the way back"
    assert "boot zone" not in failed.message
    zones = {name: zone["state"] for name, zone in world.lab.truth(node)["zones"].items()}
    assert zones == {"z1": "configured", "z2": "running", "z3": "running"}
    assert (world.root(node) / "var/tmp/heliostat-patching/detached").read_text() == "z1\n"
    removed = "zoneadm -z z3 halt && zoneadm -z z3 uninstall -F && zonecfg -z z3 delete -F"
    assert world.lab.ssh(node, "/bin/sh", stdin=removed).returncode == 0
    world.lab.clear_faults()
    done = world.install(node, patches=["120001-02"], zones="detach")
    assert done.status == "ok", done.message
    assert any("zone z3 ran or was detached when a roll-out began, and is not here any more" in one for one in done.result["warnings"])
    assert {name: zone["state"] for name, zone in world.lab.truth(node)["zones"].items()} == {"z1": "running", "z2": "running"}


def test_deferred_activation_and_reboots_later(world: PatchingWorld) -> None:
    """Zones are down while files are exchanged; it needs newer patch utilities, which go in first and alone."""
    node = "t4p04"
    world.make_zone(node, "z1")
    refused = world.install(node, patches=["120013-01"], single_user="asked")
    assert "needs the patch utilities in revision 42 or later" in refused.message
    done = world.install(node, patches=["120013-01", "119254-66"], single_user="asked")
    assert done.status == "ok", done.message
    assert done.steps == [
        "note what runs",
        "install 119254-66",
        "shut down zone z1",
        "install 120013-01",
        "reboot",
        "boot zone z1",
    ]
    assert {"120013-01", "119254-66"} <= world.shown(node) & world.shown(node, "z1")
    later = world.install(node, patches=["120010-03"], single_user="asked", reboot="later")
    assert later.status == "ok", later.message
    assert states(later) == {"120010-03": "pending_reboot"}
    assert later.result["reboot_pending"] is True
    now = world.install(node, patches=["120010-03"], single_user="asked")
    assert now.steps == ["note what runs", "shut down zone z1", "reboot", "boot zone z1"]
    assert states(now) == {"120010-03": "installed"}
    assert world.applied(node, "120010-03") == 1


def test_monitors_are_told_before_the_node_goes_down(world: PatchingWorld) -> None:
    """None that hears of it: nothing is done. One that does: in maintenance before, judged again afterwards."""
    node, host = "t4p05", "t4p02"
    place(world, host, 1)
    declared = yaml.safe_load((world.inventory / "host_vars" / f"{node}.yml").read_text()) | {"heliostat_heartbeat": {"id": 5}}
    (world.inventory / "host_vars" / f"{node}.yml").write_text(yaml.safe_dump(declared))
    silenced(world, host)
    refused = world.install(node, patches=["120010-03"], single_user="asked")
    assert refused.status == "failed"
    assert "none of its monitors heard that it is going down" in refused.message
    with world.repository() as repository:
        assert repository.node(node).maintenance is False
    place(world, host, 1)
    says(world, host, node, 5, ALIVE)
    done = world.install(node, patches=["120010-03"], single_user="asked")
    assert done.status == "ok", done.message
    orders = (world.root(host) / "opt/heliostat/said/orders").read_text().splitlines()
    assert orders == [f"on {node}", f"off {node}"]


def test_a_patch_that_somebody_installed_meanwhile(world: PatchingWorld) -> None:
    """patchadd says already applied (2): what counts is that it is there. Parallel patching leaves pdo.conf as it was, or none."""
    node = "t4p05"
    world.make_zone(node, "z1")
    folder = world.root(node) / "etc/patch"
    assert not folder.exists()
    first = world.install(node, patches=["120003-05", "119254-66"], zones_at_once=2)
    assert first.status == "ok", first.message
    assert "patch 2 zones at once" in first.steps
    assert not any(folder.iterdir())
    kept = "# ours\nnum_proc = 1\n"
    assert world.lab.ssh(node, "/bin/sh", stdin=f"printf '{kept}' >/etc/patch/pdo.conf").returncode == 0
    world.lab.fault(node, "fail", match=r"patchadd ", rc=2, text="Patch 120001-02 has already been applied.", after=True, times=1)
    done = world.install(node, patches=["120001-02"], zones_at_once=2)
    assert done.status == "ok", done.message
    assert states(done) == {"120001-02": "installed"}
    assert (folder / "pdo.conf").read_text() == kept


def test_every_failure_of_a_batch_has_its_reason(world: PatchingWorld) -> None:
    """By the order that patchadd printed; where that does not fit what was begun, by what it printed and that it named no patch."""
    node = "t4p06"
    world.make_zone(node, "z1")
    world.lab.fault(node, "patch_fails", text="global 120001-02")
    world.lab.fault(node, "patch_fails", text="z1 120003-05")
    patches = ["120001-02", "120002-01", "120003-05", "120020-01"]
    failed = world.install(node, patches=patches)
    pkgadd = "Pkgadd of {} package failed with error code 1"
    prepatch, requires = "The prepatch script exited with return code 3", "requires patch 120001-02"
    assert reasons(failed) == {
        "120001-02": pkgadd.format("SUNWcsr"),
        "120002-01": requires,
        "120003-05": f"zone z1 lacks it: {pkgadd.format('SUNWcsu')}",
        "120020-01": prepatch,
    }
    again = world.install(node, patches=patches)
    unsaid = (
        f"patchadd ended with 1 and does not say of which patch this is: {requires}; {prepatch}. Installed alone, its exit code tells more"
    )
    assert reasons(again) == reasons(failed) | {"120002-01": unsaid, "120020-01": unsaid}, "120003-05 is begun in its zone only"
    alone = world.install(node, patches=["120020-01"])
    assert reasons(alone) == {"120020-01": prepatch}
    world.lab.clear_faults()
    assert world.install(node, patches=patches[:3]).status == "ok"


def reasons(row: Row) -> dict[str, str]:
    return {name: one["reason"] for name, one in row.result["patches"].items()}
