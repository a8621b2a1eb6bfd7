# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters and boot environments on machines that really go down and boot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.lab.client import Lab, LabError

from .cluster_world import FILE

CLUSTER = "/usr/cluster/bin"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab.start(FILE, tmp_path_factory.mktemp("clusters") / "lab") as lab:
        lab.clock(speed=500)
        yield lab


@pytest.fixture
def lab(running: Lab) -> Lab:
    """Everybody is up."""
    for name in running.truth()["machines"]:
        if running.power(name, "status") == "off":
            running.power(name, "on")
        elif running.power(name, "status") == "halted":
            running.power(name, "boot")
    until(lambda: all(state(running, name) == "running" for name in running.truth()["machines"]))
    running.clear_alarms()
    return running


def until(happens: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def state(lab: Lab, name: str) -> str:
    return lab.power(name, "status")


def restart(lab: Lab, name: str, command: str) -> None:
    """A command of the node boots it again."""
    before = lab.truth(name)["boot_time"]
    lab.ssh(name, command)
    until(lambda: state(lab, name) == "running" and lab.truth(name)["boot_time"] != before)


def out(lab: Lab, host: str, command: str) -> str:
    done = lab.ssh(host, command)
    assert done.returncode == 0, done.stderr
    return done.stdout


def members(lab: Lab, cluster: str) -> list[str]:
    return list(lab.truth()["clusters"][cluster]["members"])


def online(lab: Lab, cluster: str) -> dict[str, str]:
    return {name: group["online"] for name, group in lab.truth()["clusters"][cluster]["groups"].items()}


def test_a_node_is_patched_outside_its_cluster(lab: Lab) -> None:
    """The documented way: evacuate, shut down, boot -x, reboot into the cluster."""
    out(lab, "pha1", f"{CLUSTER}/clnode evacuate pha1")
    assert online(lab, "pharmacy") == {"orders-rg": "pha2", "stock-rg": "pha2"}
    lab.ssh("pha1", "shutdown -g0 -y -i0")
    until(lambda: state(lab, "pha1") == "halted")
    assert members(lab, "pharmacy") == ["pha2"]
    lab.power("pha1", "boot", wait=True, arguments="-x")
    assert lab.ssh("pha1", "clinfo").returncode == 1
    assert lab.ssh("pha1", f"{CLUSTER}/clnode status").returncode == 125
    assert members(lab, "pharmacy") == ["pha2"]
    lab.ssh("pha1", "reboot")
    until(lambda: members(lab, "pharmacy") == ["pha1", "pha2"])
    assert online(lab, "pharmacy") == {"orders-rg": "pha2", "stock-rg": "pha2"}  # nothing comes back by itself
    assert lab.alarms() == []


def test_a_node_reboots_itself_out_of_its_cluster(lab: Lab) -> None:
    lab.ssh("pha1", "reboot -- -x")
    until(lambda: members(lab, "pharmacy") == ["pha2"] and state(lab, "pha1") == "running")
    assert lab.ssh("pha1", "clinfo").returncode == 1
    lab.power("pha1", "reset", wait=True)
    until(lambda: members(lab, "pharmacy") == ["pha1", "pha2"])


def test_two_of_three_nodes_down_cost_the_third_its_quorum(lab: Lab) -> None:
    lab.power("lab1", "off")
    assert lab.alarms() == []
    lab.power("lab2", "off")
    assert sorted(alarm["kind"] for alarm in lab.alarms()) == ["nodes_down", "quorum_lost"]
    assert state(lab, "lab3") == "booting"
    time.sleep(0.5)  # 250 seconds: it waits for a quorum
    assert state(lab, "lab3") == "booting"
    lab.power("lab1", "on")
    until(lambda: members(lab, "laboratory") == ["lab1", "lab3"])
    assert online(lab, "laboratory")["samples-rg"] == "lab3"


def test_a_quorum_device_that_is_gone(lab: Lab) -> None:
    with pytest.raises(LabError, match="no quorum device 'd5'"):
        lab.fault("*", "quorum_gone", text="d5")
    lab.fault("*", "quorum_gone", text="d4")
    lines = out(lab, "pha1", f"{CLUSTER}/clq status").splitlines()
    assert lines[7].split() == ["2", "2", "3"] and lines[-2].split() == ["d4", "0", "1", "Offline"]
    lab.power("pha1", "panic")
    assert [alarm["kind"] for alarm in lab.alarms()] == ["quorum_lost", "nodes_down"]
    lab.clear_faults()
    until(lambda: members(lab, "pharmacy") == ["pha1", "pha2"])


def test_a_whole_cluster_is_shut_down_and_comes_back(lab: Lab) -> None:
    lab.ssh("lab1", f"{CLUSTER}/cluster shutdown -y -g0")
    until(lambda: all(state(lab, name) == "halted" for name in ("lab1", "lab2", "lab3")))
    lab.clock(jump=3600)
    assert lab.alarms() == []
    for name in ("lab1", "lab2", "lab3"):
        lab.power(name, "boot")
    until(lambda: members(lab, "laboratory") == ["lab1", "lab2", "lab3"])
    assert "" not in online(lab, "laboratory").values()
    assert lab.alarms() == []


def test_a_hung_node_loses_its_groups_and_panics_when_it_goes_on(lab: Lab) -> None:
    lab.fault("pha2", "hang")
    assert "pha2" not in online(lab, "pharmacy").values()
    before = lab.truth("pha2")["boot_time"]
    lab.clear_faults()
    until(lambda: lab.truth("pha2")["boot_time"] != before)
    until(lambda: members(lab, "pharmacy") == ["pha1", "pha2"])
    assert lab.alarms() == []


def test_vcs_gives_the_groups_of_a_crashed_system_to_the_other(lab: Lab) -> None:
    lab.power("rad1", "off")
    assert "rad1                 FAULTED" in out(lab, "rad2", "/opt/VRTSvcs/bin/hastatus -sum")
    assert set(online(lab, "radiology").values()) == {"rad2"}
    lab.power("rad1", "on")
    until(lambda: members(lab, "radiology") == ["rad1", "rad2"])
    assert out(lab, "rad1", "gabconfig -a").count("membership 01") == 2


def test_init_boots_the_activated_environment_and_reboot_the_old_one(lab: Lab) -> None:
    out(lab, "rad1", "lucreate -n new")
    out(lab, "rad1", "lumount new && echo new >/.alt.new/etc/motd && luumount new && luactivate new")
    restart(lab, "rad1", "reboot")
    assert out(lab, "rad1", "lucurr") == "s10s_u11wos_24a\n"
    restart(lab, "rad1", "init 6")
    assert out(lab, "rad1", "lucurr; cat /etc/motd") == "new\nnew\n"
    lab.power("rad1", "boot", wait=True, arguments="-Z rpool/ROOT/s10s_u11wos_24a")
    assert out(lab, "rad1", "lucurr") == "s10s_u11wos_24a\n"


def test_a_crash_unmounts_environments(lab: Lab) -> None:
    out(lab, "pha1", "lucreate -n mounted && lumount mounted")
    before = lab.truth("pha1")["boot_time"]
    lab.power("pha1", "panic")
    until(lambda: state(lab, "pha1") == "running" and lab.truth("pha1")["boot_time"] != before)
    assert out(lab, "pha1", "ls -d /.alt.* 2>/dev/null; lumount mounted && luumount mounted") == "/.alt.mounted\n"


def test_a_person_leads_out_of_an_environment_that_does_not_boot(lab: Lab) -> None:
    out(lab, "lab3", "lucreate -n broken && luactivate broken")
    lab.fault("lab3", "boot_fails", text="broken")
    lab.ssh("lab3", "init 6")
    until(lambda: state(lab, "lab3") == "halted")
    lab.power("lab3", "reset", wait=True)
    assert state(lab, "lab3") == "halted"
    typed = ["start /SP/console", "y", "boot -L", "1", "boot -Z rpool/ROOT/s10s_u11wos_24a", "#.", "exit"]
    said = lab.ssh("lab3-sp", "", stdin="".join(f"{line}\n" for line in typed)).stdout
    assert "1 s10s_u11wos_24a\n2 broken\nSelect environment to boot: [ 1 - 2 ]: " in said
    assert "To boot the selected entry, invoke:\nboot [<root-device>] -Z rpool/ROOT/s10s_u11wos_24a\n" in said
    until(lambda: state(lab, "lab3") == "running")
    assert out(lab, "lab3", "luactivate") == "s10s_u11wos_24a\n"
    lab.clear_faults()


def test_what_the_firmware_is_not_known_to_take_is_refused(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="not simulated"):
        lab.power("pha1", "boot", arguments="-k")
    assert lab.ssh("pha1", "reboot -- -k").returncode == 125


def test_a_node_in_single_user_carries_nothing(lab: Lab) -> None:
    assert online(lab, "pharmacy")["stock-rg"] == "pha2" or lab.ssh("pha1", f"{CLUSTER}/clrg switch -n pha2 stock-rg").returncode == 0
    lab.ssh("pha2", "init s")
    until(lambda: lab.truth("pha2")["single_user"])
    assert "pha2" not in online(lab, "pharmacy").values()
    assert out(lab, "pha1", "svcs -H -o state stock") == "online\n"
    lab.power("pha2", "reset", wait=True)
    until(lambda: members(lab, "pharmacy") == ["pha1", "pha2"])
    out(lab, "pha1", f"{CLUSTER}/clrg switch -n pha2 stock-rg")
    assert out(lab, "pha2", "svcs -H -o state stock") == "online\n"


def test_a_patch_of_the_cluster_goes_in_node_by_node_and_is_committed(lab: Lab) -> None:
    for name in ("lab1", "lab2", "lab3"):
        assert "NOT needed" in out(lab, "lab1", f"{CLUSTER}/scversions")
        out(lab, name, "patchadd -M /export/patches 151101-01")
        assert "Patch: 151101-01" in out(lab, name, "showrev -p")
    assert out(lab, "lab1", f"{CLUSTER}/scversions") == "Upgrade commit is needed.\n"
    out(lab, "lab1", f"{CLUSTER}/scversions -c")
    assert "NOT needed" in out(lab, "lab2", f"{CLUSTER}/scversions")


def test_a_kernel_patch_comes_with_the_patched_environment_and_goes_with_it(lab: Lab) -> None:
    out(lab, "rad2", "lucreate -n patched && luupgrade -t -n patched -s /export/patches 150400-65 151100-01 && luactivate patched")
    assert "151100-01" not in out(lab, "rad2", "showrev -p")
    restart(lab, "rad2", "init 6")
    assert out(lab, "rad2", "uname -v; lucurr") == "Generic_150400-65\npatched\n"
    assert "151100-01" in out(lab, "rad2", "showrev -p")
    out(lab, "rad2", "luactivate s10s_u11wos_24a")
    restart(lab, "rad2", "init 6")
    assert out(lab, "rad2", "uname -v; lucurr") == "Generic_150400-40\ns10s_u11wos_24a\n"
    assert "151100-01" not in out(lab, "rad2", "showrev -p")
