# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's serial console behind its service processor: login, single user, the firmware's prompt."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Iterator

import pytest
import yaml

from tests.lab.client import CHECKOUT, Lab

CENTRE = CHECKOUT / "tests/lab/datacentres/patching.yml"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("console")
    data = yaml.safe_load(CENTRE.read_text())
    data["machines"] = {name: data["machines"][name] for name in ("p01", "p02")}
    (folder / "centre.yml").write_text(yaml.safe_dump(data))
    with Lab.start(centre=folder / "centre.yml", state_dir=folder / "lab") as running:
        running.clock(speed=300)
        yield running
        assert running.alarms() == []


class Session:
    """An ssh to a service processor with its console open; ``expect`` waits for words, ``say`` types a line."""

    def __init__(self, lab: Lab, name: str) -> None:
        argv = ["ssh", "-F", str(lab.ssh_config), f"{name}-sp"]
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.text = ""
        self.expect("-> ")
        self.say("start /SP/console")
        self.expect("Are you sure you want to start /SP/console (y/n)? ")
        self.say("y")
        self.expect("Serial console started.  To stop, type #.\n")

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def expect(self, words: str, seconds: float = 20) -> str:
        """What came before the words; what follows is kept."""
        assert self.process.stdout is not None
        limit = time.monotonic() + seconds
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            while words not in self.text:
                assert ready.select(max(0, limit - time.monotonic())), f"no {words!r} in {self.text!r}"
                data = os.read(self.process.stdout.fileno(), 4096)
                assert data, self.text
                self.text += data.decode()
        before, _, self.text = self.text.partition(words)
        return before

    def login(self, name: str) -> None:
        self.say("")
        self.expect(f"{name} console login: ")
        self.say("root")
        self.expect("Password: ")
        self.say("changeme")
        assert "changeme" not in self.expect("# ")

    def close(self) -> None:
        self.say("#.")
        self.expect("Serial console stopped.")
        self.say("exit")
        assert self.process.wait(10) == 0
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()


def test_login_and_single_user_and_back(lab: Lab) -> None:
    console = Session(lab, "p01")
    console.say("")
    console.expect("p01 console login: ")
    console.say("root")
    console.expect("Password: ")
    console.say("wrong")
    console.expect("Login incorrect")
    console.login("p01")
    console.say("uname -n; init s")
    console.expect("p01\n")
    console.expect("The system is coming down for administration.  Please wait.\n")
    console.expect("Root password for system maintenance (control-d to bypass): ")
    console.say("changeme")
    assert "changeme" not in console.expect("Entering System Maintenance Mode\n")
    console.expect("# ")
    console.say("who -r; patchadd /export/patches/150400-65 | tail -3")
    console.expect("run-level S")
    console.expect("SUNWcsu")
    console.close()
    assert lab.ssh("p01", "true", options=["-o", "ConnectTimeout=2"]).returncode == 255
    again = Session(lab, "p01")  # still logged in
    again.say("exit")
    again.expect("p01 console login: ")
    again.close()
    assert lab.ssh("p01", "who -r").stdout.count("run-level 3") == 1


def test_the_firmware(lab: Lab) -> None:
    console = Session(lab, "p02")
    console.login("p02")
    console.say("init 0")
    console.expect("{0} ok ")
    console.say("printenv")
    console.expect("lab: not simulated: printenv\n{0} ok ")
    console.say("boot -s")
    console.expect("SunOS Release 5.10 Version Generic_150400-50 64-bit\n")
    console.expect("(control-d to bypass): ")
    console.say("\x04")
    console.expect("p02 console login: ")
    console.close()
    assert lab.ssh("p02", "who -r").stdout.count("run-level 3") == 1
