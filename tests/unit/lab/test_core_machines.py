# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's machines as an ordinary OpenSSH client sees them, in both ways of isolation."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.lab import generate, isolation
from tests.lab.client import Lab, LabError

MODES = ["paths"] + (["namespaces"] if isolation.choose() == "namespaces" else [])


@pytest.fixture(scope="module", params=MODES)
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab.start(state_dir=tmp_path_factory.mktemp("lab") / request.param, isolation=request.param) as running:
        running.clock(speed=1000)
        yield running


def out(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_start_is_quick_and_idempotent(tmp_path: Path) -> None:
    begun = time.monotonic()
    with Lab.start(state_dir=tmp_path / "lab") as first:
        assert time.monotonic() - begun < 10  # under one second, and many on a machine that runs other tests too
        pid = (tmp_path / "lab/pid").read_text()
        again = Lab.start(state_dir=tmp_path / "lab")
        assert (tmp_path / "lab/pid").read_text() == pid
        assert len(again.status()["machines"]) == len(first.truth()["machines"]) == 4


def test_output_errors_and_exit_code_are_kept_apart(lab: Lab) -> None:
    done = lab.ssh("t8a", "echo out; echo err >&2; exit 7")
    assert (done.stdout, done.stderr, done.returncode) == ("out\n", "err\n", 7)


def test_stdin_reaches_real_and_simulated_programs(lab: Lab) -> None:
    assert out(lab.ssh("t8a", "cat", stdin="a\nb\n")) == "a\nb\n"
    assert out(lab.ssh("t8a", "id >/dev/null; cat", stdin="left alone\n")) == "left alone\n"
    assert out(lab.ssh("t8a", "sudo cat", user="operator", stdin="through sudo\n")) == "through sudo\n"


def test_a_machine_has_no_python_and_nothing_of_the_host(lab: Lab) -> None:
    for name in ("python", "python3", "perl", "bash", "systemctl", "apt-get"):
        assert lab.ssh("t8a", f"type {name}").returncode == 127, name
    assert lab.ssh("t8a", "cat /etc/debian_version").returncode != 0
    assert out(lab.ssh("t8a", "cat /etc/nodename")) == "t8a\n"


def test_known_but_not_simulated_is_not_unknown(lab: Lab) -> None:
    known, unknown = lab.ssh("t8a", "truss -p 1"), lab.ssh("t8a", "nosuchcommand")
    assert (known.returncode, known.stderr) == (125, "lab: not simulated: truss\n")
    assert unknown.returncode == 127
    assert "not found" in unknown.stderr


def test_commands_of_another_release_are_not_there(lab: Lab) -> None:
    assert lab.ssh("t4a", "type ipadm").returncode == 127
    assert lab.ssh("t8a", "type ipadm").returncode == 0
    assert lab.ssh("t8a", "type lucreate").returncode == 127


def test_files_stay_in_their_machine(lab: Lab) -> None:
    out(lab.ssh("t8a", "echo one > /var/tmp/mine; cd /var/tmp; pwd > where"))
    assert out(lab.ssh("t8a", "cat /var/tmp/mine /var/tmp/where; ls -d /var/tmp/m*")) == "one\n/var/tmp\n/var/tmp/mine\n"
    assert lab.ssh("t8b", "cat /var/tmp/mine").returncode != 0
    assert not Path("/var/tmp/mine").exists()


def test_a_job_outlives_its_session(lab: Lab) -> None:
    pid = out(lab.ssh("t8b", "nohup sh -c 'sleep 0.6; id > /var/tmp/late; echo $? >> /var/tmp/late' >/dev/null 2>&1 & echo $!")).strip()
    out(lab.ssh("t8b", f"kill -0 {pid}"))
    time.sleep(1)
    assert out(lab.ssh("t8b", "cat /var/tmp/late")) == "uid=0(root) gid=0(root)\n0\n"
    assert lab.ssh("t8b", f"kill -0 {pid}").returncode != 0


def test_terminal_session(lab: Lab) -> None:
    done = lab.ssh("t8a", "stty size; echo err >&2; exit 3", options=["-tt"])
    assert (done.stdout, done.returncode) == ("24 80\nerr\n", 3)


def test_multiplexed_sessions_share_one_connection(lab: Lab) -> None:
    socket = f"/tmp/lab-mux-{time.monotonic_ns()}"
    options = ["-o", "ControlMaster=auto", "-o", f"ControlPath={socket}", "-o", "ControlPersist=20"]
    out(lab.ssh("t8a", "true", options=options))
    try:
        argv = ["ssh", "-F", str(lab.ssh_config), "-o", f"ControlPath={socket}", "t8a", "id; sleep 0.2; echo done"]
        many = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(9)]
        assert [process.communicate(timeout=20)[0] for process in many] == ["uid=0(root) gid=0(root)\ndone\n"] * 9
    finally:
        subprocess.run(
            ["ssh", "-F", str(lab.ssh_config), "-o", f"ControlPath={socket}", "-O", "exit", "t8a"], capture_output=True, check=False
        )


def test_only_the_labs_key_and_users_may_log_in(lab: Lab, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "other")], check=True)
    wrong = ["ssh", "-F", str(lab.ssh_config), "-o", "BatchMode=yes", "-o", f"IdentityFile={tmp_path}/other", "t8a", "true"]
    wrong[1:3] = ["-F", "none", *"-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes -l root".split()]
    wrong[-2:] = ["-p", lab.status()["machines"][0]["address"].rpartition(":")[2], "127.0.40.11", "true"]
    assert subprocess.run(wrong, capture_output=True, check=False).returncode == 255
    assert lab.ssh("t8a", "true", user="nobody", options=["-o", "BatchMode=yes"]).returncode == 255
    assert lab.ssh("t8a", "true").returncode == 0


def test_becoming_root(lab: Lab) -> None:
    assert out(lab.ssh("t5a", "id; whoami", user="operator")) == "uid=100(operator) gid=10(staff)\noperator\n"
    ansible = "sudo -H -S -n -u root /bin/sh -c 'echo BECOME-SUCCESS-abc ; id; echo \"$HOME\"'"
    assert out(lab.ssh("t5a", ansible, user="operator")) == "BECOME-SUCCESS-abc\nuid=0(root) gid=0(root)\n/root\n"
    assert out(lab.ssh("t5a", "pfexec sh -c 'id; exit 0'", user="operator")) == "uid=0(root) gid=0(root)\n"
    assert lab.ssh("t5a", "pfexec sh -c 'exit 9'", user="operator").returncode == 9
    assert out(lab.ssh("t5a", "su - root -c 'id; pwd'", user="operator")) == "uid=0(root) gid=0(root)\n/root\n"
    assert out(lab.ssh("t5a", "sudo -u operator id")) == "uid=100(operator) gid=10(staff)\n"


def test_log_names_every_session_and_command(lab: Lab) -> None:
    before = lab.execs("t4a")
    out(lab.ssh("t4a", "id; whoami"))
    assert lab.execs("t4a") == before + 1
    rows = [row for row in lab.log() if row["machine"] == "t4a"][-3:]
    assert [(row["kind"], row["argv"]) for row in rows] == [
        ("exec", ["id; whoami"]),
        ("command", ["id"]),
        ("command", ["whoami"]),
    ]
    assert rows[1]["rc"] == 0
    assert rows[1]["duration"] < 1


def test_a_command_costs_little(lab: Lab) -> None:
    begun = time.monotonic()
    out(lab.ssh("t8a", "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do id >/dev/null; done"))
    assert time.monotonic() - begun < 5  # about 3 ms each; the bound leaves room for a busy machine


@pytest.mark.skipif("namespaces" not in MODES, reason="this host allows no namespaces")
def test_python_only_where_the_centre_asks_for_it(tmp_path: Path) -> None:
    """Other people's modules, which judge the lab, need an interpreter that takes the machine for its host."""
    (tmp_path / "centre.yml").write_text(yaml.dump(generate.centre(1, 1) | {"python": True}))
    with Lab.start(tmp_path / "centre.yml", tmp_path / "lab", isolation="namespaces") as lab:
        program = "import json, os, platform, ssl; print(platform.system(), *os.uname()[1:])"
        assert out(lab.ssh("n001", f"/usr/bin/python3 -c '{program}'")) == "SunOS n001 5.11 11.4.66.164.1 sun4v\n"
    with pytest.raises(LabError, match="python: true needs the isolation by namespaces"):
        Lab.start(tmp_path / "centre.yml", tmp_path / "other", isolation="paths")


def test_the_number_of_an_ended_session_comes_again_for_others(tmp_path: Path) -> None:
    """Without namespaces a machine's processes are told by their sessions: one that has the number of an ended one is let be."""
    paths = isolation.Paths(tmp_path)
    with (
        subprocess.Popen(["sleep", "120"], start_new_session=True) as ours,
        subprocess.Popen(["sleep", "120"], start_new_session=True) as others,
    ):
        for process in (ours, others):
            paths.started("t8a", process.pid)
        paths.sessions["t8a"][others.pid] = "1"  # a leader that began in another moment
        paths.signal_all("t8a", signal.SIGKILL)
        assert ours.wait(10) == -signal.SIGKILL
        lives = others.poll() is None
        others.kill()
    assert lives
    assert paths.sessions["t8a"] == {}
