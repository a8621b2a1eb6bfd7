# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A daemon comes to a host, changes, is upgraded and goes, under both service managers; killed anywhere, another run ends right."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.operation import shown
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import NodeUnreachable
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.heartbeat import Daemon

from .hosts import MONITORS, NEW, NODES, OLD, Host, built, estate, whats  # noqa: F401 - a fixture

SYSTEMS = ("Linux", "SunOS")
OF: dict[Daemon, str] = {"agent": "t8a", "monitor": "ms1"}
RESTARTED = {"Linux": "systemctl restart heliostat-{}.service", "SunOS": "svcadm restart svc:/application/heliostat/{}:default"}
RELOADED = {"Linux": "systemctl reload heliostat-{}.service", "SunOS": "svcadm refresh svc:/application/heliostat/{}:default"}


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["agent", "monitor"])
def daemon(request: pytest.FixtureRequest) -> Daemon:
    found: Daemon = request.param
    return found


@pytest.fixture
def host(tmp_path: Path, system: str, monkeypatch: pytest.MonkeyPatch) -> Host:
    return Host(tmp_path, system, monkeypatch)


def test_it_comes_and_stays_as_it_is(host: Host, daemon: Daemon, built: Path) -> None:  # noqa: F811
    foreseen = host.deploy(estate(), OF[daemon], daemon, built, check=True)
    assert not host.file("opt").exists()
    done = host.deploy(estate(), OF[daemon], daemon, built)
    assert done.failures == {}
    assert whats(done) == whats(foreseen)
    assert done.after == foreseen.after
    again = host.deploy(estate(), OF[daemon], daemon, built)
    assert (again.changed, whats(again)) == (False, [])
    assert host.deploy(estate(), OF[daemon], daemon).changed is False, "without programs those that are there stay"
    keys = host.file(f"etc/{daemon}.keys")
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert (OLD in keys.read_text()) is (daemon == "monitor"), "a node holds derived keys only"
    assert not list(host.root.rglob("*.new"))


def test_nothing_secret_is_shown(host: Host, built: Path) -> None:  # noqa: F811
    for daemon, name in OF.items():
        done = host.deploy(estate(), name, daemon, built)
        steps = [shown(step) for plan in done.plans for step in plan.steps]
        said = repr([steps, done.before, done.after, done.warnings, done.failures])
        for secret in (OLD, "sesame", host.file(f"etc/{daemon}.keys").read_text().split()[2]):
            assert secret not in said


@pytest.mark.parametrize("case", ["keys", "settings", "fixed", "program", "rights", "secret"])
def test_a_change_does_no_more_than_it_must(host: Host, system: str, daemon: Daemon, built: Path, case: str, tmp_path: Path) -> None:  # noqa: F811
    host.deploy(estate(), OF[daemon], daemon, built)
    host.calls  # noqa: B018
    wanted, programs, words = estate(), built, {}
    if case == "keys":
        wanted, words = estate((2, NEW), (1, OLD)), {"phase": "accept"}
    elif case == "settings":
        slower = {**NODES, "t8a": {**NODES["t8a"], "lease": "9s"}}
        wanted = estate(nodes=slower, monitors={**MONITORS, "ms1": {**MONITORS["ms1"], "drift": 9}})
    elif case == "fixed":
        wanted = estate(nodes={**NODES, "t8a": {**NODES["t8a"], "id": 99}}, monitors={**MONITORS, "ms1": {**MONITORS["ms1"], "id": 9}})
    elif case == "program":
        programs = tmp_path / "other"
        programs.mkdir()
        for path in built.glob("heliostat-*"):
            (programs / path.name).write_bytes(path.read_bytes() + b"\0")
            (programs / path.name).chmod(0o755)
    elif case == "rights":
        host.file(f"etc/{daemon}.keys").chmod(0o644)
    elif daemon == "monitor":
        level = {**NODES["t8a"]["fence"][0], "secrets": {"password": "another"}}
        wanted = estate(nodes={**NODES, "t8a": {**NODES["t8a"], "fence": [level]}})
    foreseen = host.deploy(wanted, OF[daemon], daemon, programs, check=True, **words)
    done = host.deploy(wanted, OF[daemon], daemon, programs, **words)
    assert done.failures == {}
    assert whats(done) == whats(foreseen)
    calls = [call for call in host.calls if "daemon-reload" not in call]
    nothing = case == "rights" or (case == "secret" and daemon == "agent")
    # An agent's time to stop follows its lease, so its service is new too; systemd and SMF stop it by the definition that they hold.
    restarts = case in ("fixed", "program") or (case == "settings" and daemon == "agent")
    wanted_calls = [] if nothing else [(RESTARTED if restarts else RELOADED)[system].format(daemon)]
    assert [call for call in calls if "svccfg" not in call] == wanted_calls
    assert host.deploy(wanted, OF[daemon], daemon, programs, **words).changed is False


def test_what_the_daemon_would_refuse_takes_no_place(host: Host, built: Path) -> None:  # noqa: F811
    host.deploy(estate(), "t8a", "agent", built)
    before = host.file("etc/agent.conf").read_text()
    host.calls  # noqa: B018
    wrong = estate(nodes={**NODES, "t8a": {**NODES["t8a"], "lease": "600ms", "interval": "500ms"}})
    done = host.deploy(wrong, "t8a", "agent", built)
    assert "lease is less than four intervals" in done.failures["heliostat-agent"]
    assert host.file("etc/agent.conf").read_text() == before
    assert host.calls == []


def test_a_program_that_did_not_arrive_whole_takes_no_place(host: Host, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    real = Host.run

    def spoiled(self: Host, script: str) -> tuple[int, str, str]:
        for path in self.staged.iterdir():
            path.write_bytes(path.read_bytes()[:-5])
        return real(self, script)

    monkeypatch.setattr(Host, "run", spoiled)
    done = host.deploy(estate(), "t8a", "agent", built)
    assert "led to state 'damaged'" in done.failures["heliostat-agent"]
    assert not host.file("opt/bin/heliostat-agent").exists()


def test_another_key_under_a_number_that_is_in_use_is_refused(host: Host, daemon: Daemon, built: Path) -> None:  # noqa: F811
    host.deploy(estate(), OF[daemon], daemon, built)
    done = host.deploy(estate((1, NEW)), OF[daemon], daemon, built)
    assert "A new key gets a new number" in done.failures[f"heliostat-{daemon}"]
    assert not done.changed
    assert NEW not in repr(done)


def test_it_goes_and_leaves_what_a_monitor_remembers(host: Host, daemon: Daemon, built: Path) -> None:  # noqa: F811
    host.deploy(estate(), OF[daemon], daemon, built)
    remembered = host.file("lib/monitor/state")
    if daemon == "monitor":
        remembered.write_text("quarantined t8b\n")
    foreseen = host.remove(daemon, check=True)
    done = host.remove(daemon)
    assert done.failures == {}
    assert whats(done) == whats(foreseen)
    left = {path.relative_to(host.root).as_posix() for path in host.root.rglob("*") if path.is_file()}
    assert left == ({"lib/monitor/state"} if daemon == "monitor" else set())
    assert host.remove(daemon).changed is False


def test_nothing_is_left_of_a_deployment_that_was_killed(host: Host, daemon: Daemon, built: Path) -> None:  # noqa: F811
    """New files lie beside their places by then, keys and passwords among them."""
    beside = set()
    for trip in range(2, 60, 3):
        host.trips, host.dies_at = 0, trip
        try:
            host.deploy(estate(), OF[daemon], daemon, built)
        except NodeUnreachable:
            beside |= {path.name for path in host.root.rglob("*.new")}
        host.dies_at = -1
        assert host.remove(daemon).failures == {}
        assert [path for path in host.root.rglob("*") if path.is_file()] == []
        if host.trips < trip:
            break
    assert beside


def killed_everywhere(host: Host, operate, settled) -> None:  # type: ignore[no-untyped-def]
    """``operate`` with the controller dying at each of its round trips, one more each time; the last one ends."""
    for trip in range(1, 60):
        host.trips, host.dies_at = 0, trip
        try:
            operate()
        except NodeUnreachable:
            host.dies_at = -1
            continue
        assert host.trips < trip, "it ended although it was killed"
        break
    else:
        raise AssertionError("it never came to its end")
    host.dies_at = -1
    assert settled().changed is False


def test_killed_anywhere_it_converges(host: Host, daemon: Daemon, built: Path) -> None:  # noqa: F811
    """Each run is killed one round trip later than the one before, so what each left is what the next one finds."""

    def deploy():  # type: ignore[no-untyped-def]
        return host.deploy(estate(), OF[daemon], daemon, built)

    def remove():  # type: ignore[no-untyped-def]
        return host.remove(daemon)

    killed_everywhere(host, deploy, deploy)
    killed_everywhere(host, remove, remove)
    assert not list(host.file("etc").glob(f"{daemon}*"))
