# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single user, boots and patches on the lab's machines: what goes on, what ends, what comes back."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.lab import isolation
from tests.lab.client import CHECKOUT, Lab

CENTRE = CHECKOUT / "tests/lab/datacentres/patching.yml"
#: Their jobs are scripts in files, whose absolute paths lead to the host without namespaces.
pytestmark = pytest.mark.skipif(isolation.choose() != "namespaces", reason="scripts in files want namespaces")
NODES = ("p01", "p02", "p08")
JOB = """init s
who -r >/var/tmp/first
while svcs -H -o state svc:/milestone/multi-user:default | grep online >/dev/null; do sleep 0.1; done
while svcs -H -o nstate | grep '[a-z]' >/dev/null; do sleep 0.1; done
{ zoneadm list -cp | cut -d: -f3; svcs -H -o state ssh; ls /export/patches | wc -l; } >/var/tmp/single
patchadd /var/tmp/150400-65 >/var/tmp/log 2>&1
echo $? >/var/tmp/rc
sleep 60
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("levels")
    data = yaml.safe_load(CENTRE.read_text())
    data["machines"] = {name: data["machines"][name] for name in NODES}
    data["patch_depot"]["nfs"] = True
    (folder / "centre.yml").write_text(yaml.safe_dump(data))
    with Lab.start(centre=folder / "centre.yml", state_dir=folder / "lab", isolation="namespaces") as running:
        running.clock(speed=300)
        yield running


@pytest.fixture
def lab(made: Lab) -> Iterator[Lab]:
    yield made
    assert made.alarms() == []
    made.clear_faults()
    for name in NODES:
        if made.power(name, "status") != "running" or made.truth(name)["level"] == "S":
            made.power(name, "reset" if made.power(name, "status") != "off" else "on", wait=True)


def until(reached: Callable[[], bool], what: str, seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < limit, what
        time.sleep(0.05)


def out(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def begin(lab: Lab, node: str, job: str, user: str = "root") -> None:
    out(lab.ssh(node, "cat >/var/tmp/job", stdin=job))
    out(lab.ssh(node, "nohup sh /var/tmp/job >/dev/null 2>&1 </dev/null &", user=user))


def inside(lab: Lab, node: str, path: str) -> Path:
    return lab.state / "machines" / node / "root" / path


def test_a_detached_job_of_root_patches_in_single_user(lab: Lab) -> None:
    out(lab.ssh("p08", "cp -r /export/patches/150400-65 /var/tmp"))
    begin(lab, "p08", JOB)
    rc = inside(lab, "p08", "var/tmp/rc")
    until(lambda: lab.ssh("p08", "true", options=["-o", "ConnectTimeout=2"]).returncode == 255, "sshd is there")
    until(lambda: rc.exists() and bool(rc.read_text()), "the job does not end")
    assert rc.read_text() == "0\n"
    assert "run-level S" in inside(lab, "p08", "var/tmp/first").read_text()  # before it is reached
    states = inside(lab, "p08", "var/tmp/single").read_text().split()
    assert states == ["running", "installed", "installed", "disabled", "0"]  # zones are halted, the depot over NFS is gone
    assert lab.truth("p08")["patching"]["reboots"] == {"150400-65": ["singleuserrequired", "rebootimmediate"][1:]}
    lab.power("p08", "reset", wait=True)
    assert out(lab.ssh("p08", "uname -v; zoneadm list; who -r")).split()[:4] == ["Generic_150400-65", "global", "zp8a", "."]
    assert "150400-65" in out(lab.ssh("p08", "zlogin zp8a showrev -p; ls /export/patches"))


def test_processes_of_others_end(lab: Lab) -> None:
    begin(lab, "p01", "sleep 5; while :; do date >/tmp/alive; sleep 0.1; done\n", user="operator")
    until(lambda: lab.ssh("p01", "init s").returncode in (0, 255), "init")
    until(lambda: bool(lab.truth("p01")["single_user"]), "single user is not reached")
    time.sleep(5.5)
    assert not inside(lab, "p01", "tmp/alive").exists()


def test_processes_of_another_lab_live_on(lab: Lab) -> None:
    """Its sessions have the same numbers, its users the same names."""
    out(lab.ssh("p01", "true", user="operator"))
    number = next(row["session"] for row in reversed(lab.log()) if row["kind"] == "exec" and row["machine"] == "p01")
    with subprocess.Popen(["sleep", "120"], env={"LAB_SESSION": number, "LAB_USER": "operator", "LAB_ROOT": "/of/another/root"}) as other:
        until(lambda: lab.ssh("p01", "init s").returncode in (0, 255), "init")
        until(lambda: bool(lab.truth("p01")["single_user"]), "single user is not reached")
        time.sleep(1)
        lives = other.poll() is None
        other.kill()
    assert lives


def test_init_3_leads_back(lab: Lab) -> None:
    begin(lab, "p01", "shutdown -y -g0 -i s\nsleep 1\ninit 3\n")
    until(lambda: lab.truth("p01")["level"] == "S", "the level")
    until(lambda: lab.ssh("p01", "who -r", options=["-o", "ConnectTimeout=2"]).stdout.find("run-level 3") > 0, "no way back")
    assert out(lab.ssh("p01", "svcs -H -o state ssh")) == "online\n"
    assert out(lab.ssh("p01", "ls /export/patches | grep -c 15"))


def test_a_service_that_a_boot_does_not_start(lab: Lab) -> None:
    lab.fault("p02", "service_fails", text="global svc:/system/cron:default")
    assert out(lab.ssh("p02", "svcs -H -o state svc:/system/cron:default")) == "online\n"
    lab.power("p02", "reset", wait=True)
    assert out(lab.ssh("p02", "svcs -H -o state svc:/system/cron:default")) == "maintenance\n"
    assert out(lab.ssh("p02", "svcs -H -o state svc:/network/ssh:default")) == "online\n"
    lab.clear_faults()
    lab.power("p02", "reset", wait=True)
    assert out(lab.ssh("p02", "svcs -H -o state svc:/system/cron:default")) == "online\n"


def test_boot_arguments_and_the_reconfiguration(lab: Lab) -> None:
    out(lab.ssh("p02", "patchadd /export/patches/151007-01"))
    assert lab.truth("p02")["patching"]["unconfigured"] == ["151007-01"]
    assert lab.truth("p02")["patching"]["reboots"] == {"151007-01": ["reconfigafter"]}
    lab.power("p02", "reset", wait=True)
    assert lab.truth("p02")["patching"]["reboots"] == {}
    assert lab.truth("p02")["patching"]["unconfigured"] == ["151007-01"]  # booted, without -r
    out(lab.ssh("p02", "touch /reconfigure"))
    lab.power("p02", "reset", wait=True)
    assert lab.truth("p02")["patching"]["unconfigured"] == []
    assert not inside(lab, "p02", "reconfigure").exists()
    assert lab.ssh("p02", "reboot -- -s").returncode in (0, 255)
    until(lambda: bool(lab.truth("p02")["single_user"]) and lab.power("p02", "status") == "running", "boot -s")
    assert lab.ssh("p02", "true", options=["-o", "ConnectTimeout=2"]).returncode == 255


def test_a_reboot_that_never_comes_back_and_one_that_ends_in_single_user(lab: Lab) -> None:
    lab.fault("p01", "never_up")
    assert lab.ssh("p01", "init 6").returncode in (0, 255)
    time.sleep(1.5)
    assert lab.power("p01", "status") == "booting"
    lab.clear_faults()
    until(lambda: lab.power("p01", "status") == "running", "it stays down")
    lab.fault("p01", "boots_single")
    lab.power("p01", "reset", wait=True)
    assert lab.truth("p01")["level"] == "S"
    assert lab.ssh("p01", "true", options=["-o", "ConnectTimeout=2"]).returncode == 255


def test_the_power_goes_while_patchadd_works(lab: Lab) -> None:
    lab.clock(speed=15)
    begin(lab, "p02", "patchadd /export/patches/151002-01\n")
    until(lambda: "151002-01" in [patch["id"] for patch in lab.truth("p02")["patches"]], "no package")
    lab.power("p02", "off")
    lab.clock(speed=300)
    lab.power("p02", "on", wait=True)
    half = next(line for line in out(lab.ssh("p02", "showrev -p")).splitlines() if "151002-01" in line)
    assert half.endswith("Packages: SUNWcsr")
    out(lab.ssh("p02", "patchadd /export/patches/151002-01"))
    assert "Packages: SUNWcsr, SUNWcsu" in next(line for line in out(lab.ssh("p02", "showrev -p")).splitlines() if "151002-01" in line)
