# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service processors: prompts, messages and what their power buttons do."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.lab.client import Lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab.start(state_dir=tmp_path_factory.mktemp("ilom") / "lab") as running:
        running.clock(speed=1000)
        yield running


def talk(lab: Lab, *lines: str) -> str:
    done = subprocess.run(
        ["ssh", "-F", str(lab.ssh_config), "t8a-sp"],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_login_prompt_and_echo(lab: Lab) -> None:
    text = talk(lab, "version", "exit")
    assert text.startswith("\nOracle(R) Integrated Lights Out Manager\n\nVersion 4.0.4.51 ")
    assert "\n-> version\nSP firmware 4.0.4.51\n" in text
    assert text.endswith("-> exit\n")


def test_power_state_on_the_command_line(lab: Lab) -> None:
    assert lab.ssh("t8a-sp", "show /System power_state").stdout == "\n  /System\n    Properties:\n        power_state = On\n\n\n"


def test_legacy_target_and_display_option(lab: Lab) -> None:
    text = lab.ssh("t8a-sp", "show -d properties /SYS").stdout
    assert text.startswith("\n  /SYS\n    Properties:\n        type = Host System\n")
    assert "Targets:" not in text
    assert "        power_state = On\n" in text


def test_unknown_words(lab: Lab) -> None:
    assert lab.ssh("t8a-sp", "frob").stdout == "Invalid command 'frob' - type help for a list of commands.\n\n"
    assert "Invalid target" in lab.ssh("t8a-sp", "show /NOWHERE").stdout
    assert lab.ssh("t8a-sp", "set /HOST/bootmode script=x").stdout.startswith("lab: not simulated:")


def test_stop_and_start_ask_first(lab: Lab) -> None:
    refused = talk(lab, "stop -f /System", "n", "exit")
    assert "Are you sure you want to immediately stop /System (y/n)? n\nCommand aborted.\n" in refused
    assert lab.power("t8a", "status") == "running"
    assert "Stopping /System immediately\n" in talk(lab, "stop -f /System", "y", "exit")
    assert lab.power("t8a", "status") == "off"
    assert lab.ssh("t8a-sp", "stop -script /SYS").stdout == "stop: Target already stopped\n\n"
    assert lab.ssh("t8a-sp", "reset -script /SYS").stdout == "Performing hard reset on /SYS failed\nreset: Target already stopped\n\n"
    assert "Are you sure you want to start /System (y/n)? y\nStarting /System\n" in talk(lab, "start /System", "y", "exit")
    assert lab.ssh("t8a-sp", "start -script /System").stdout == "start: Target already started\n\n"
    assert lab.power("t8a", "status", wait=True) == "running"


def test_an_orderly_stop_takes_its_time_and_a_hung_os_never_goes(lab: Lab) -> None:
    lab.clock(speed=100)
    assert lab.ssh("t8b-sp", "stop -script /System").stdout == "Stopping /System\n\n"
    assert lab.power("t8b", "status") == "running"
    time.sleep(1)
    assert lab.power("t8b", "status") == "off"
    lab.fault("t5a", "hang")
    lab.ssh("t5a-sp", "stop -script /System")
    time.sleep(1)
    assert "power_state = On" in lab.ssh("t5a-sp", "show /System power_state").stdout
    lab.ssh("t5a-sp", "stop -f -script /System")
    assert "power_state = Off" in lab.ssh("t5a-sp", "show /System power_state").stdout
    lab.clock(speed=1000)


def test_password_and_its_refusal(lab: Lab, tmp_path: object) -> None:
    asyncssh = pytest.importorskip("asyncssh")
    import asyncio

    address, port = lab.status()["processors"][0]["address"].split(":")

    async def login(password: str) -> str:
        async with asyncssh.connect(
            address, int(port), username="root", password=password, client_keys=None, known_hosts=None, agent_path=None
        ) as connection:
            return str((await connection.run("version")).stdout)

    assert asyncio.run(login("changeme")).startswith("SP firmware")
    with pytest.raises(asyncssh.PermissionDenied):
        asyncio.run(login("wrong"))


def test_a_dead_service_processor_does_not_answer(lab: Lab) -> None:
    lab.fault("t4a", "sp_dead")
    assert lab.ssh("t4a-sp", "version").returncode == 255
    assert lab.ssh("t4a", "true").returncode == 0
    lab.clear_faults()
    assert lab.ssh("t4a-sp", "version").returncode == 0
