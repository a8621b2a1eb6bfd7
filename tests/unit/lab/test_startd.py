# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of a manifest on the lab: real processes that live and die with their machine; ways that are cut."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.world import until
from tests.lab import isolation, manifests
from tests.lab.client import DEMO, Lab, LabError

FMRI = "svc:/site/beat:default"
DAEMON = "echo $$ >/var/run/beat.pid; while sleep 1; do :; done"
START = "/bin/sh -c '(/beat &amp;)'"
STOP = "/bin/sh -c 'kill `cat /var/run/beat.pid`; exit 0'"


def manifest(start: str = START, stop: str = STOP, more: str = "", group: str = "") -> str:
    return f"""<?xml version='1.0'?>
<!DOCTYPE service_bundle SYSTEM '/usr/share/lib/xml/dtd/service_bundle.dtd.1'>
<service_bundle type='manifest' name='beat'>
  <service name='site/beat' type='service' version='1'>
    <create_default_instance enabled='false'/>
    <single_instance/>
    <dependency name='net' grouping='require_all' restart_on='none' type='service'><service_fmri value='svc:/network/ssh'/></dependency>
    {more}
    <exec_method type='method' name='start' exec="{start}" timeout_seconds='10'/>
    <exec_method type='method' name='stop' exec="{stop}" timeout_seconds='3'/>
    {group}
    <template><common_name><loctext xml:lang='C'>a beat</loctext></common_name></template>
  </service>
</service_bundle>
"""


def test_a_manifest_is_read() -> None:
    dependent = (
        "<dependent name='gate' grouping='require_all' restart_on='none'><service_fmri value='svc:/system/zones:default'/></dependent>"
    )
    ((fmri, found),) = manifests.read(manifest(more=dependent)).items()
    assert fmri == FMRI and not found.enabled and found.title == "a beat" and found.duration == "contract"
    assert found.methods["stop"] == manifests.Method(STOP, 3)
    assert found.dependencies[0].fmris == ["svc:/network/ssh"]
    assert found.dependents[0].fmris == ["svc:/system/zones:default"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (manifest().replace("<single_instance/>", "<instances/>"), "manifest element instances"),
        (manifest().replace(" type='service' version", " version"), "no attribute type"),
        (manifest().replace("restart_on='none'", "restart_on='never'"), "attribute restart_on='never'"),
        (manifest().replace("<!DOCTYPE", "<!-- DOCTYPE").replace("dtd.1'>", "dtd.1' -->"), "its DTD"),
        (manifest(more="<template><common_name/></template>"), "order|times"),
        (manifest(group="<property_group name='startd' type='framework'><propval name='duration' type='astring' value='child'/>"
                        "</property_group>"), "startd/duration=child"),
        (manifest()[:-20], "no element|mismatch|unclosed"),
    ],
)  # fmt: skip
def test_what_is_no_manifest_or_not_played_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        manifests.read(text)


needs_processes = pytest.mark.skipif(isolation.choose() != "namespaces", reason="real processes on machines want namespaces")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("startd")
    data = yaml.safe_load(DEMO.read_text())
    data["machines"] = {name: data["machines"][name] for name in ("t8a", "t8b")}
    data["luns"], data["pools"], data["loads"] = [], [], {}
    data["ways"] = {
        "public": {"switch": "127.0.41.250", "outside": "127.0.41.251", "members": {"t8a": "127.0.41.11", "t8b": "127.0.41.12"}},
        "management": {"switch": "127.0.40.250", "outside": "127.0.40.251", "members": {"t8a": "127.0.40.11"}},
    }
    (folder / "centre.yml").write_text(yaml.safe_dump(data))
    with Lab.start(centre=folder / "centre.yml", state_dir=folder / "lab", isolation="namespaces") as running:
        running.clock(speed=500)
        root = running.state / "machines/t8a/root"
        (root / "beat").write_text(f"#!/bin/sh\n{DAEMON}\n")
        (root / "beat").chmod(0o755)
        yield running


@pytest.fixture
def lab(made: Lab) -> Iterator[Lab]:
    made.clear_faults()
    if made.power("t8a", "status") != "running":
        made.power("t8a", "on", wait=True)
    define(made, manifest())
    run(made, f"svcadm clear {FMRI} 2>/dev/null; svcadm enable -s {FMRI}")
    yield made
    made.clear_faults()
    assert made.alarms() == []


def define(lab: Lab, text: str) -> None:
    (lab.state / "machines/t8a/root/var/svc/manifest/site/beat.xml").write_text(text)
    run(lab, "svccfg validate /var/svc/manifest/site/beat.xml && svccfg import /var/svc/manifest/site/beat.xml")


def run(lab: Lab, line: str) -> str:
    done = lab.ssh("t8a", line)
    assert done.returncode == 0, (line, done.stdout, done.stderr)
    return done.stdout


def state(lab: Lab) -> str:
    return str(lab.truth("t8a")["services"][FMRI]["state"])


def processes(lab: Lab) -> dict[int, str]:
    """The daemon's process on the host, and its state's letter."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cmdline").read_bytes() == b"/bin/sh\0/beat\0" and f"{lab.state}/" in (process / "mountinfo").read_text():
                found[int(process.name)] = (process / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
    return found


@needs_processes
def test_enable_starts_it_and_disable_stops_it(lab: Lab) -> None:
    assert state(lab) == "online" and len(processes(lab)) == 1
    assert "svc:/network/ssh" in run(lab, f"svcs -l {FMRI}")
    run(lab, f"svcadm disable -s {FMRI}")
    assert state(lab) == "disabled" and not processes(lab)
    assert "Stopping because service disabled." in run(lab, "cat '/var/svc/log/site-beat:default.log'")
    assert lab.ssh("t8a", f"svccfg delete {FMRI.removesuffix(':default')}").returncode == 0
    assert "doesn't match any instances" in lab.ssh("t8a", f"svcs {FMRI}").stderr


@needs_processes
def test_what_died_is_started_again(lab: Lab) -> None:
    before = processes(lab)
    run(lab, "kill -KILL `cat /var/run/beat.pid`")
    until(lambda: len(processes(lab)) == 1 and not before.keys() & processes(lab).keys() and state(lab) == "online", "another one", 20)
    assert "all processes in service exited" in run(lab, "cat '/var/svc/log/site-beat:default.log'")


@needs_processes
def test_a_stop_method_that_fails_ends_in_maintenance(lab: Lab) -> None:
    define(lab, manifest(stop="/bin/sh -c 'kill `cat /var/run/beat.pid`'"))
    run(lab, "kill -KILL `cat /var/run/beat.pid`")
    until(lambda: state(lab) == "maintenance", "maintenance", 20)
    assert run(lab, "cat '/var/svc/log/site-beat:default.log'").count('Method "stop" exited with status 1.') >= 3
    define(lab, manifest())
    run(lab, f"svcadm clear {FMRI}")
    until(lambda: state(lab) == "online" and len(processes(lab)) == 1, "online again", 20)


@needs_processes
def test_a_stop_that_takes_too_long_kills_the_contract(lab: Lab) -> None:
    define(lab, manifest(stop=":true"))
    run(lab, f"svcadm disable {FMRI}")
    until(lambda: not processes(lab) and state(lab) == "maintenance", "killed", 20)


@needs_processes
def test_a_start_that_fails_ends_in_maintenance(lab: Lab) -> None:
    run(lab, f"svcadm disable -s {FMRI}")
    define(lab, manifest(start="/bin/false"))
    assert lab.ssh("t8a", f"svcadm enable -s {FMRI}").returncode == 3
    assert state(lab) == "maintenance"


@needs_processes
def test_power_hang_and_boot(lab: Lab) -> None:
    identity = (lab.state / "machines/t8a/root/proc/sys/kernel/random/boot_id").read_text()
    lab.fault("t8a", "hang")
    until(lambda: list(processes(lab).values()) == ["T"], "it stands still", 10)
    lab.clear_faults()
    until(lambda: "T" not in processes(lab).values(), "it goes on", 10)
    lab.power("t8a", "off")
    until(lambda: not processes(lab), "killed with the machine", 5)
    lab.power("t8a", "on", wait=True)
    until(lambda: len(processes(lab)) == 1 and state(lab) == "online", "started at boot", 20)
    assert (lab.state / "machines/t8a/root/proc/sys/kernel/random/boot_id").read_text() != identity
    lab.power("t8a", "panic", wait=True)
    until(lambda: len(processes(lab)) == 1 and state(lab) == "online", "started after the panic", 20)


@needs_processes
def test_zones_wait_for_what_a_manifest_makes_them_wait_for(lab: Lab) -> None:
    gate = "<dependent name='gate' grouping='require_all' restart_on='none'><service_fmri value='svc:/system/zones:default'/></dependent>"
    transient = (
        "<property_group name='startd' type='framework'><propval name='duration' type='astring' value='transient'/></property_group>"
    )
    closed = manifest(start="/bin/sh -c 'test -f /var/tmp/open'", stop=":true", more=gate, group=transient)
    define(lab, closed)
    lab.power("t8a", "reset", wait=True)
    until(lambda: state(lab) == "maintenance", "the gate does not open", 20)
    assert lab.truth("t8a")["services"]["svc:/system/zones:default"]["state"] == "offline"
    run(lab, f"touch /var/tmp/open; svcadm clear {FMRI}")
    until(lambda: lab.truth("t8a")["services"]["svc:/system/zones:default"]["state"] == "online", "the zones boot", 20)
    run(lab, f"svcadm disable -s {FMRI}")


def bound(address: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((address, port))
    made.settimeout(1)
    return made


def heard(receiver: socket.socket) -> Any:
    try:
        return receiver.recvfrom(100)
    except TimeoutError:
        return None


@needs_processes
def test_a_way_carries_both_directions_until_it_is_cut(lab: Lab) -> None:
    port = json.loads((lab.state / "lab.json").read_text())["port"]
    with bound("127.0.41.251", port) as outside, bound("127.0.41.11", 0) as one, bound("127.0.41.12", 0) as other:
        for sender in (one, other):
            sender.sendto(b"here", ("127.0.41.250", port))
        peers = {}
        for _ in range(2):
            data, peer = heard(outside)
            outside.sendto(data + b"after", peer)
            peers[peer] = data
        assert len(peers) == 2
        assert heard(one)[0] == heard(other)[0] == b"hereafter"
        lab.fault("t8a", "path_cut", text="public")
        one.sendto(b"lost", ("127.0.41.250", port))
        other.sendto(b"not lost", ("127.0.41.250", port))
        assert heard(outside)[0] == b"not lost"
        assert heard(outside) is None
        for peer in peers:
            outside.sendto(b"back", peer)
        assert heard(other)[0] == b"back" and heard(one) is None
    run(lab, "true")  # ssh goes over another way
    lab.fault("t8a", "path_cut", text="*")
    assert lab.ssh("t8a", "true").returncode == 255
    lab.clear_faults()
    run(lab, "true")
    with pytest.raises(LabError, match="no way 'nowhere'"):
        lab.fault("t8a", "path_cut", text="nowhere")
