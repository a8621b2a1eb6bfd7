# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Power, faults, the judge, and what survives a restart of the lab."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.client import CHECKOUT, Lab, LabError


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab.start(state_dir=tmp_path_factory.mktemp("faults") / "lab") as running:
        running.clock(speed=1000)
        yield running


@pytest.fixture
def lab(shared: Lab) -> Iterator[Lab]:
    yield shared
    shared.clear_faults()
    shared.patch("machines/t8a/quarantined", False)
    for machine in shared.status()["machines"]:
        shared.power(machine["name"], "on", wait=True)
    shared.clear_alarms()


def test_a_command_fails_as_told_after_its_skips(lab: Lab) -> None:
    lab.fault("t8a", "fail", match="^id -a$", rc=3, text="id: no luck\n", skip=1, times=1)
    done = [lab.ssh("t8a", "id -a") for _ in range(3)]
    assert [run.returncode for run in done] == [0, 3, 0]
    assert done[1].stderr == "id: no luck\n"
    assert done[1].stdout == ""
    assert lab.faults() == []


def test_a_fault_can_answer_success_with_an_error_text(lab: Lab) -> None:
    lab.fault("*", "fail", match="^id", rc=0, text="id: broken\n")
    done = lab.ssh("t8b", "id")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "id: broken\n")


def test_faults_that_cannot_strike_are_refused(lab: Lab) -> None:
    for machine, kind, fields in (
        ("t8a", "explode", {}),
        ("nobody", "fail", {}),
        ("t8a", "fail", {"match": "("}),
        ("*", "lun_gone", {"text": "6006"}),
    ):
        with pytest.raises(LabError):
            lab.fault(machine, kind, **fields)


def test_slow_command_follows_the_labs_clock(lab: Lab) -> None:
    lab.fault("t8a", "slow", match="^id", seconds=600)
    begun = time.monotonic()
    lab.ssh("t8a", "id")
    assert 0.6 <= time.monotonic() - begun < 10


def test_a_cut_connection_leaves_the_command_running(lab: Lab) -> None:
    lab.fault("t8a", "cut", match="^whoami")
    done = lab.ssh("t8a", "whoami > /var/tmp/who; echo finished >> /var/tmp/who")
    assert done.returncode == 255
    time.sleep(0.3)
    assert lab.ssh("t8a", "cat /var/tmp/who").stdout == "root\nfinished\n"


def test_a_killed_command_stops_its_work(lab: Lab) -> None:
    lab.fault("t8a", "slow", match="^id -p", seconds=30000)
    lab.ssh("t8a", "id -p & sleep 0.3; kill $!")
    time.sleep(0.2)
    row = lab.commands("t8a")[-1]
    assert row["argv"] == ["id", "-p"]
    assert row["rc"] == 137
    assert row["duration"] < 10


def test_power_cut_ends_everything_and_boot_brings_it_back(lab: Lab) -> None:
    lab.ssh("t8b", "nohup sh -c 'while :; do date > /var/tmp/alive; sleep 0.1; done' >/dev/null 2>&1 &")
    session = subprocess.Popen(["ssh", "-F", str(lab.ssh_config), "t8b", "sleep 60"], stderr=subprocess.DEVNULL)
    time.sleep(0.4)
    lab.fault("t8b", "power_cut")
    assert session.wait(timeout=5) == 255
    assert lab.power("t8b", "status") == "off"
    assert lab.ssh("t8b", "true").returncode == 255
    assert lab.power("t8b", "on", wait=True) == "running"
    first = lab.ssh("t8b", "ls -l --time-style=full-iso /var/tmp/alive").stdout
    time.sleep(0.3)
    assert lab.ssh("t8b", "ls -l --time-style=full-iso /var/tmp/alive").stdout == first
    assert lab.alarms() == []


def test_panic_boots_again_by_itself(lab: Lab) -> None:
    lab.fault("t5a", "panic")
    assert lab.power("t5a", "status") == "booting"
    assert lab.power("t5a", "status", wait=True) == "running"


def test_hang_accepts_and_says_nothing_until_it_ends(lab: Lab) -> None:
    lab.fault("t8a", "hang")
    assert lab.ssh("t8a", "true", options=["-o", "ConnectTimeout=1"]).returncode == 255
    assert lab.power("t8a", "status") == "hung"
    lab.clear_faults()
    assert lab.ssh("t8a", "id").returncode == 0


def pool_on(lab: Lab, *machines: str) -> str:
    """A pool that the machines named have all imported."""
    guid = next(iter(lab.truth()["luns"]))
    pool = {"guid": "77", "name": "data", "tree": [["disk", [guid]]], "version": 37, "datasets": {"data": {"name": "data"}}}
    lab.patch("pools/77", pool | {"last_machine": machines[-1]})
    for machine in machines:
        lab.patch(f"machines/{machine}/imported", [*lab.truth(machine)["imported"], "77"])
    return "77"


def forget_pool(lab: Lab) -> None:
    for machine in ("t8a", "t8b"):
        lab.patch(f"machines/{machine}/imported", [guid for guid in lab.truth(machine)["imported"] if guid != "77"])
    lab.patch("pools/77", None)


def test_double_import_is_an_alarm_but_not_with_a_dead_machine(lab: Lab) -> None:
    lab.power("t8a", "off")
    pool_on(lab, "t8a", "t8b")
    assert lab.alarms() == []
    lab.power("t8a", "on", wait=True)
    assert lab.alarms() == []  # its label says that t8b took it
    assert "77" not in lab.truth("t8a")["imported"]
    lab.patch("machines/t8a/imported", [*lab.truth("t8a")["imported"], "77"])
    assert [(alarm["kind"], alarm["text"]) for alarm in lab.alarms()] == [("double_import", "pool data (77) is imported by t8a and t8b")]
    forget_pool(lab)


def test_the_same_zone_on_two_machines_is_an_alarm(lab: Lab) -> None:
    zone = {"name": "web", "state": "running", "uuid": "5f1c", "zonepath": "/zones/web", "zone_id": 1}
    lab.patch("machines/t8a/zones/web", zone)
    assert lab.alarms() == []
    lab.patch("machines/t8b/zones/web", zone)
    assert [alarm["kind"] for alarm in lab.alarms()] == ["double_run"]
    for machine in ("t8a", "t8b"):
        lab.patch(f"machines/{machine}/zones/web", None)


def test_a_quarantined_machine_that_boots_is_an_alarm(lab: Lab) -> None:
    lab.power("t8a", "off")
    lab.patch("machines/t8a/quarantined", True)
    lab.power("t8a", "on", wait=True)
    assert [alarm["kind"] for alarm in lab.alarms()] == ["quarantine_boot"]


def test_zones_with_autoboot_come_back_where_their_path_is(lab: Lab) -> None:
    for name, autoboot in (("auto", "true"), ("manual", "false"), ("lost", "true")):
        zone = {
            "name": name,
            "state": "running",
            "uuid": name,
            "zonepath": f"/zones/{name}",
            "zone_id": 5,
            "config": {"autoboot": autoboot},
        }
        lab.patch(f"machines/t5a/zones/{name}", zone)
    lab.ssh("t5a", "mkdir -p /zones/auto/root /zones/manual/root")
    lab.power("t5a", "off")
    assert {zone["state"] for zone in lab.truth("t5a")["zones"].values()} == {"installed"}
    lab.power("t5a", "on", wait=True)
    assert {name: zone["state"] for name, zone in lab.truth("t5a")["zones"].items()} == {
        "auto": "running",
        "manual": "installed",
        "lost": "unavailable",  # Solaris 11 looks for its storage at boot
    }
    for name in ("auto", "manual", "lost"):
        lab.patch(f"machines/t5a/zones/{name}", None)


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "lab"
    with Lab.start(state_dir=state) as lab:
        lab.ssh("t8a", "echo kept > /var/tmp/kept")
        lab.patch("machines/t8a/zones/web", {"name": "web", "state": "installed", "uuid": "5f1c", "zonepath": "/zones/web"})
        lab.power("t8b", "off")
        lab.fault("t8a", "fail", match="^never", times=-1)
        lab.clock(jump=86400)
        then, known = lab.clock(), (state / "known_hosts").read_text().split()[1:3]
    with Lab.start(state_dir=state) as lab:
        assert lab.ssh("t8a", "cat /var/tmp/kept").stdout == "kept\n"
        assert lab.truth("t8a")["zones"]["web"]["state"] == "installed"
        assert lab.power("t8b", "status") == "off"
        assert [fault["match"] for fault in lab.faults()] == ["^never"]
        assert then <= lab.clock() < then + 3600
        assert (state / "known_hosts").read_text().split()[1:3] == known


def test_a_lab_that_was_killed_leaves_no_process_and_starts_again(tmp_path: Path) -> None:
    state = tmp_path / "lab"
    lab = Lab.start(state_dir=state)
    lab.ssh("t8a", f"nohup sh -c 'sleep 4242; : {state}' >/dev/null 2>&1 &")
    os.kill(int((state / "pid").read_text()), signal.SIGKILL)
    time.sleep(0.5)
    if lab_isolation(state) == "namespaces":
        assert not [pid for pid in os.listdir("/proc") if pid.isdigit() and str(state) in command_line(pid)]
    with Lab.start(state_dir=state) as again:
        assert again.ssh("t8a", "id").returncode == 0


def lab_isolation(state: Path) -> str:
    return "namespaces" if '"namespaces"' in (state / "lab.json").read_text() else "paths"


def command_line(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def test_two_labs_side_by_side(lab: Lab, tmp_path: Path) -> None:
    with Lab.start(state_dir=tmp_path / "second") as second:
        second.ssh("t8a", "echo second > /var/tmp/which")
        assert lab.ssh("t8a", "cat /var/tmp/which").returncode != 0
        assert second.status()["machines"][0]["address"] != lab.status()["machines"][0]["address"]


@pytest.mark.skipif(os.geteuid() != 0, reason="root becomes an ordinary user here")
def test_an_ordinary_user_can_run_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Read access to the interpreter is all that is kept of root (it may lie in root's home)."""
    place = Path("/tmp") / f"lab-ordinary-{os.getpid()}"
    place.mkdir(mode=0o777)
    place.chmod(0o777)
    ordinary = [
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "--inh-caps=+dac_read_search",
        "--ambient-caps=+dac_read_search",
    ]
    argv = [*ordinary, sys.executable, "-m", "tests.lab"]
    state = ["--state", str(place / "lab")]

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*words], cwd=CHECKOUT, capture_output=True, text=True, check=False, env={**os.environ, "HOME": str(place)})

    try:
        started = run(*argv, "start", *state)
        assert started.returncode == 0, started.stderr
        done = run(*ordinary, "ssh", "-F", str(place / "lab/ssh_config"), "t8a", "id; cat /etc/nodename; mkdir /var/tmp/x && echo made")
        assert done.stdout == "uid=0(root) gid=0(root)\nt8a\nmade\n", done.stderr
    finally:
        run(*argv, "stop", *state)
        shutil.rmtree(place)
