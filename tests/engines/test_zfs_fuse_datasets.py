# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets on a real ZFS: made, given from host to host, refused where they may be somebody's, kept when they are damaged."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, NodeUnreachable
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Layout

from .zfs_hosts import LUNS, Pair, disk
from .zfs_runs import Cut, dataset, datasets

WEB1 = dataset()
CREATE = "create dataset web1 (mirror of 2 LUNs)"


@pytest.mark.parametrize(
    ("layout", "luns"), [("single", (1,)), ("mirror", (1, 2)), ("stripe", (1, 2, 3)), ("stripe_of_mirrors", (1, 2, 3, 4))]
)
def test_a_dataset_is_made_once(hosts: Pair, layout: Layout, luns: tuple[int, ...]) -> None:
    wanted = dataset("web1", luns, layout)
    planned = datasets(hosts.a, wanted, check=True)
    assert planned.report.changed
    assert hosts.a.ok("zpool list -H") == "", "check mode only looks"
    made = datasets(hosts.a, wanted)
    assert (made.report.changed, made.report.failures, made.report.warnings) == (True, {}, ())
    assert made.steps == [f"create dataset web1 ({layout} of {len(luns)} LUNs)"]
    assert made.report.after == planned.report.after == {"web1": {"layout": layout, "luns": list(wanted.luns), "state": "ONLINE"}}
    assert hosts.a.ok("zfs get -H -o value mountpoint web1") == "none\n"
    again = datasets(hosts.a, wanted)
    assert (again.report.changed, again.steps, again.trips, again.report.warnings) == (False, [], 1, ())
    assert again.report.after == made.report.after


def test_a_dataset_goes_from_host_to_host_with_its_data(hosts: Pair) -> None:
    datasets(hosts.a, WEB1)
    hosts.a.ok("zfs create -o mountpoint=/zones/web1 web1/zone && echo kept >/zones/web1/file")
    given = datasets(hosts.a, WEB1, "exported")
    assert (given.report.changed, given.steps, given.report.failures) == (True, ["export dataset web1"], {})
    assert not datasets(hosts.a, WEB1, "exported").report.changed
    planned = datasets(hosts.b, WEB1, check=True)
    taken = datasets(hosts.b, WEB1)
    assert (taken.report.changed, taken.steps, taken.report.failures) == (True, ["import dataset web1"], {})
    assert taken.report.after == planned.report.after
    assert hosts.b.ok("cat /zones/web1/file") == "kept\n"
    assert datasets(hosts.b, WEB1).steps == []
    with pytest.raises(AssertionError):
        hosts.a.ok("cat /zones/web1/file")


def test_what_another_host_has_is_not_taken_alive_or_dead(hosts: Pair) -> None:
    datasets(hosts.a, WEB1)
    refused = "the pool was last used by another system and never exported, it may be in use there"
    for check in (True, False):
        tried = datasets(hosts.b, WEB1, check=check)
        assert refused in tried.report.failures["web1"]
        assert (tried.report.changed, tried.steps) == (False, [])
    said = hosts.b.fails("zpool import web1")
    assert said.startswith("cannot import 'web1': pool may be in use from other system, it was last accessed by nodea (hostid: 0x4332201)")
    hosts.a.crash()
    assert refused in datasets(hosts.b, WEB1).report.failures["web1"], "a host that does not answer may still write"
    hosts.a.boot()
    assert datasets(hosts.a, WEB1).report.failures == {}
    assert datasets(hosts.a, WEB1, "exported").steps == ["export dataset web1"]
    assert datasets(hosts.b, WEB1).steps == ["import dataset web1"]


def test_the_host_that_had_it_last_takes_it_again_after_a_crash(hosts: Pair) -> None:
    """Its own host id is in the labels: nobody else can have it, for nobody else ever takes it unexported."""
    datasets(hosts.a, WEB1)
    hosts.a.crash()
    hosts.a.boot()
    back = datasets(hosts.a, WEB1)
    assert back.report.failures == {}
    assert back.steps in ([], ["import dataset web1"]), "whether the boot imports it depends on zpool.cache having been written in time"
    assert back.report.after["web1"]["state"] == "ONLINE"


def test_a_lun_with_somebody_elses_pool_is_not_overwritten(hosts: Pair) -> None:
    datasets(hosts.a, dataset("theirs"))
    here = datasets(hosts.a, dataset("web1", (2, 3))).report.failures["web1"]
    assert f"LUN {LUNS[1]} is in pool theirs, imported on node nodea. Choose another LUN." in here
    there = datasets(hosts.b, dataset("web1", (2, 3))).report.failures["web1"]
    assert f"LUN {LUNS[1]} carries pool theirs" in there
    datasets(hosts.a, dataset("theirs"), "exported")
    for host in (hosts.a, hosts.b):
        tried = datasets(host, dataset("web1", (2, 3)))
        assert f"LUN {LUNS[1]} carries pool theirs" in tried.report.failures["web1"], "exported is not free"
        assert (tried.report.changed, tried.steps) == (False, [])
    assert datasets(hosts.b, dataset("theirs")).steps == ["import dataset theirs"], "all of it is still there"


def test_zpool_itself_guards_a_lun_that_was_taken_after_the_look(hosts: Pair) -> None:
    datasets(hosts.a, dataset("theirs"))

    class Late:
        """Between look and create another host makes its pool on the LUN."""

        trips = 0

        def run(self, script: str) -> tuple[int, str, str]:
            self.trips += 1
            if self.trips == 3:
                hosts.a.ok(f"zpool create -O mountpoint=none late {disk(3)}")
            return hosts.b.run(script)

    lost = datasets(hosts.b, dataset("web1", (3, 4)), by=Late())
    assert "invalid vdev specification" in lost.report.failures["web1"]
    assert not lost.report.changed
    assert hosts.a.ok("zpool list -H -o name,health late") == "late\tONLINE\n"


def test_a_pool_of_our_name_on_other_luns(hosts: Pair) -> None:
    datasets(hosts.a, dataset("web1", (3, 4)))
    assert "declared is mirror on" in datasets(hosts.a, WEB1).report.failures["web1"]
    datasets(hosts.a, dataset("web1", (3, 4)), "exported")
    assert "It is somebody else's, or the declaration is wrong" in datasets(hosts.b, WEB1).report.failures["web1"]
    datasets(hosts.a, dataset("web1", (3, 4)))
    datasets(hosts.b, WEB1)
    assert "web1" not in hosts.b.ok("zpool list -H"), "while such a pool is on offer none of the name is made"


def test_another_layout_is_not_imported(hosts: Pair) -> None:
    datasets(hosts.a, dataset("web1", (1, 2), "stripe"))
    datasets(hosts.a, dataset("web1", (1, 2), "stripe"), "exported")
    assert "layout stripe" in datasets(hosts.b, WEB1).report.failures["web1"]
    assert hosts.b.ok("zpool list -H") == ""


def test_a_second_pool_of_the_name(hosts: Pair) -> None:
    for luns in ((1, 2), (3, 4)):
        datasets(hosts.a, dataset("web1", luns))
        datasets(hosts.a, dataset("web1", luns), "exported")
        hosts.a.ok(f"rm -f /dev/{disk(1)} /dev/{disk(2)}")
    assert "is offered 2 pools of this name" in datasets(hosts.b, WEB1).report.failures["web1"]


def test_a_lun_that_is_not_there(hosts: Pair) -> None:
    hosts.hide(LUNS[1])
    assert f"node nodea does not see LUN {LUNS[1]}" in datasets(hosts.a, WEB1).report.failures["web1"]


def test_destroyed_only_by_name(hosts: Pair) -> None:
    datasets(hosts.a, WEB1)
    for named in ("", "web2"):
        refused = datasets(hosts.a, WEB1, "absent", destroy=named)
        assert "Say so with destroy: web1" in refused.report.failures["web1"]
        assert refused.steps == []
    gone = datasets(hosts.a, WEB1, "absent", destroy="web1")
    assert (gone.report.changed, gone.steps, gone.report.failures) == (True, ["destroy dataset web1"], {})
    assert not datasets(hosts.a, WEB1, "absent", destroy="web1").report.changed
    assert datasets(hosts.b, WEB1).steps == [CREATE], "the LUNs of a destroyed pool are free"


def test_a_busy_dataset_is_not_given_away(hosts: Pair) -> None:
    datasets(hosts.a, WEB1)
    hosts.a.ok("zfs create -o mountpoint=/zones/web1 web1/zone")
    hosts.a.ok("(cd /zones/web1; echo >/tmp/in; exec sleep 30 </dev/null >/dev/null 2>&1) & echo $! >/tmp/user")
    hosts.a.ok("until test -e /tmp/in; do sleep 0.02; done")
    tried = datasets(hosts.a, WEB1, "exported")
    assert "busy" in tried.report.failures["web1"]
    hosts.a.ok("read user </tmp/user; kill $user; while readlink /proc/$user/cwd >/dev/null; do sleep 0.02; done")
    assert datasets(hosts.a, WEB1, "exported").report.failures == {}


def test_a_zfs_that_does_not_answer_is_no_empty_host(hosts: Pair) -> None:
    datasets(hosts.a, WEB1)
    hosts.a.kill_zfs()
    with pytest.raises(CommandFailed, match=r"(?s)'zpool status' failed with exit code 1: .*initialize ZFS library\. Nothing was changed"):
        datasets(hosts.a, WEB1)


@pytest.mark.parametrize("ran", [False, True])
@pytest.mark.parametrize("state", ["created", "imported", "exported", "destroyed"])
def test_cut_off_anywhere_and_run_again(hosts: Pair, state: str, ran: bool) -> None:
    """The controller is lost at every round trip in turn; the next run finds out by itself what is left to do."""
    target = {"created": "present", "imported": "present", "exported": "exported", "destroyed": "absent"}[state]
    destroy = "web1" if state == "destroyed" else ""
    for at in range(1, 6):
        if state != "created":
            assert datasets(hosts.a, WEB1).report.failures == {}
        if state == "imported":
            datasets(hosts.a, WEB1, "exported")
        host = hosts.b if state == "imported" else hosts.a
        cut = Cut(host, at, ran)
        try:
            datasets(host, WEB1, target, destroy=destroy, by=cut)  # type: ignore[arg-type]
            assert cut.trips < at
        except NodeUnreachable:
            pass
        assert datasets(host, WEB1, target, destroy=destroy).report.failures == {}  # type: ignore[arg-type]
        assert datasets(host, WEB1, target, destroy=destroy).steps == []  # type: ignore[arg-type]
        assert ("web1" in host.ok("zpool list -H -o name")) == (target == "present")
        if target == "present":
            datasets(host, WEB1, "exported" if state == "imported" else "absent", destroy="web1")
        if cut.trips < at:
            return
    pytest.fail("it never came to its end")
