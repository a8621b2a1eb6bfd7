# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemons run under systemd as declared, hear each other, and nobody but who must can read a key."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hosts.base import missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())
PROGRAMS = {"agent": ["heliostat-agent"], "monitor": ["heliostat-monitor", "heliostat-heartbeat"]}


@pytest.fixture
def daemon(host: Any) -> str:
    return "monitor" if host.check_output("hostname").startswith("ms") else "agent"


def test_the_service_runs_now_and_after_a_boot(host: Any, daemon: str) -> None:
    service = host.service(f"heliostat-{daemon}")
    assert service.is_running
    assert service.is_enabled
    assert host.check_output(f"systemctl show -p NRestarts --value heliostat-{daemon}") == "0"
    assert "heliostat" in host.check_output(f"ps -o user= -C heliostat-{daemon} | sort -u").split()


def test_programs_are_of_root_and_keys_for_nobody_else(host: Any, daemon: str) -> None:
    for name in PROGRAMS[daemon]:
        program = host.file(f"/opt/heliostat/bin/{name}")
        assert (program.user, program.mode) == ("root", 0o755)
    keys = host.file(f"/etc/heliostat/{daemon}.keys")
    assert (keys.user, keys.mode) == ("heliostat" if daemon == "monitor" else "root", 0o600)
    assert not host.check_output("find /etc/heliostat /opt/heliostat -name '*.new'")
    if daemon == "monitor":
        secret = host.file("/etc/heliostat/secrets/n1.1.password")
        assert (secret.content_string, secret.mode) == ("open sesame\n", 0o600)
        assert "sesame" not in host.file("/etc/heliostat/monitor.conf").content_string


def test_the_daemon_takes_its_own_configuration(host: Any, daemon: str) -> None:
    done = host.run(f"/opt/heliostat/bin/heliostat-{daemon} --config /etc/heliostat/{daemon}.conf --check-config")
    assert done.rc == 0, done.stderr


def test_every_node_is_heard_over_both_paths(host: Any, daemon: str) -> None:
    if daemon == "agent":
        pytest.skip("the monitor tells")
    said = host.check_output("/opt/heliostat/bin/heliostat-heartbeat --json status").splitlines()
    nodes = {node["name"]: node for node in map(json.loads, said) if "name" in node}
    assert {name: node["state"] for name, node in nodes.items()} == {"n1": "alive", "n2": "alive"}


def test_a_gated_node_has_its_gate(host: Any) -> None:
    gated = host.check_output("hostname") == "n2"
    assert host.file("/etc/systemd/system/heliostat-gate.service").exists is gated
    assert not gated or host.service("heliostat-gate").is_enabled


def test_nothing_is_left_of_the_way_there(host: Any) -> None:
    assert host.run("ls -d /var/tmp/heliostat* /tmp/heliostat*").stdout == ""
