# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Its files: configuration, memory, journal, metrics; when they are wrong, missing, or do not fit on the disk."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .agent_process import until
from .monitor_process import Monitor

Make = Callable[..., Monitor]


def check(monitor: Monitor) -> subprocess.CompletedProcess[str]:
    command = [str(monitor.built / "heliostat-monitor"), "--config", str(monitor.configuration), "--check-config"]
    return subprocess.run(command, capture_output=True, text=True, timeout=20)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense 1", 'no such keyword "nonsense"'),
        ("node 17 other", "node number 17 was given before, at {file}:"),
        ("node 19 seventeen", "seventeen was given before, at {file}:"),
        ("node 0 zero", "0"),
        ("node 19 a/b", "is no name of a node"),
        ("node 20", "needs"),
        ("id 2", "given before"),
        ("listen 1 127.0.0.1:4", "path 1 has an address"),
        ("listen 3 nowhere", "nowhere"),
        ("peer 1 1 127.0.0.1:4", "is this monitor itself"),
        ("peer 2 9 127.0.0.1:4", "no path 9"),
        ("probe nobody tcp 127.0.0.1:22", 'no node "nobody"'),
        ("probe seventeen udp 127.0.0.1:22", "udp"),
        ("probe seventeen tcp 127.0.0.1", "127.0.0.1"),
        ("probe seventeen icmp 127.0.0.1:22", "icmp has no ports"),
        ("fence seventeen 2 power /bin/true", "has a fence level 2 and none 1"),
        ("fence seventeen 5 power /bin/true", "5"),
        ("fence seventeen 1 power", "is no fence agent"),
        ("fence seventeen 1 power a/b ip=1", "is no fence agent"),
        ("fence seventeen 1 power /bin/true ip", "is not KEY=VALUE"),
        ("fence seventeen 1 power /bin/true action=on", "action is the monitor's to say"),
        ("fence seventeen 1 power /bin/true passwd=open", "passwd=@FILE"),
        ("fence seventeen 1 power /bin/true passwd=@/absent/file", "/absent/file: cannot be opened"),
        ("fence seventeen 1 power /bin/true passwd=@{here}/open", "others than its owner"),
        ("fence seventeen 1 power /bin/true within=30", "is not a whole number with its unit"),
        ("fence seventeen 1 slot", "no slot is declared"),
        ("lease-proof seventeen perhaps", "perhaps"),
        ("drift 0", "0"),
        ("persons 3", "3"),
        ("user", "needs"),
        ("slot relative", "no path from / on"),
        ("watch-gap 1s", "watch-gap must be below"),
        ('node 21 "open', "quotes are not closed"),
        ("include {here}/bad.conf", "bad.conf:2: "),
        ("include {here}/absent.conf", "absent.conf: cannot be opened"),
    ],
)
def test_configuration_errors_name_file_and_line(make_monitor: Make, line: str, said: str) -> None:
    monitor = make_monitor(start=False)
    here = monitor.directory
    (here / "open").write_text("secret\n")
    (here / "open").chmod(0o644)
    (here / "bad.conf").write_text("# in order\nnode 17 twice\n")
    with monitor.configuration.open("a") as file:
        file.write("\n# a comment\n" + line.replace("{here}", str(here)) + "\n")
    number = len(monitor.configuration.read_text().splitlines())
    ended = check(monitor)
    assert ended.returncode == 2
    whole_file = ("has a fence level", "no slot", "watch-gap", "itself", "bad.conf:2: ")
    where = f"{monitor.configuration}:" if any(words in said for words in whole_file) else f"{monitor.configuration}:{number}: "
    assert said.replace("{file}", str(monitor.configuration)) in ended.stderr, ended.stderr
    assert where in ended.stderr or "bad.conf:2: " in ended.stderr, ended.stderr


@pytest.mark.parametrize("missing", ["id", "listen", "keys", "state", "control"])
def test_what_must_be_there(make_monitor: Make, missing: str) -> None:
    monitor = make_monitor(start=False)
    lines = [line for line in monitor.configuration.read_text().splitlines() if line.split()[0] != missing]
    monitor.configuration.write_text("\n".join(lines) + "\n")
    ended = check(monitor)
    assert ended.returncode == 2 and f"no {missing}" in ended.stderr


def test_ten_thousand_nodes_load_fast(make_monitor: Make) -> None:
    monitor = make_monitor(start=False)
    nodes = [f"node {n} n{n}\nprobe n{n} tcp 192.0.2.1:22\nfence n{n} 1 power /bin/true ip=192.0.2.1" for n in range(100, 10100)]
    for part in range(10):
        (monitor.directory / f"{part}.conf").write_text("\n".join(nodes[part * 1000 : part * 1000 + 1000]) + "\n")
    with monitor.configuration.open("a") as file:
        file.write(f"include {monitor.directory}/[0-9].conf\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = check(monitor)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2
    monitor.start()
    assert monitor.ask("counts")[-1]["nodes"] == 10002


def test_missing_agent_is_a_warning(make_monitor: Make) -> None:
    monitor = make_monitor("fence seventeen 1 power fence_absent ip=192.0.2.1")
    ended = check(monitor)
    assert ended.returncode == 0 and "/usr/sbin/fence_absent cannot be run" in ended.stderr
    assert monitor.wait_said("agent_missing")


def test_reload_keeps_state(make_monitor: Make) -> None:
    monitor = make_monitor()
    monitor.alive()
    monitor.order("arm")
    monitor.order("maintenance on eighteen")
    incarnation = monitor.agents[0].answers[-1].session
    monitor.lines = ["node 17 seventeen", "node 18 eighteen", "node 19 nineteen"]
    monitor.write_configuration()
    assert "3 nodes" in monitor.order("reload")
    assert [line.get("name") for line in monitor.ask("status")] == ["seventeen", "eighteen", "nineteen", None]
    assert monitor.state_of() == "alive" and monitor.ask("status eighteen")[0]["maintenance"] and monitor.ask("counts")[-1]["armed"]
    monitor.lines.append("wrong")
    monitor.write_configuration()
    monitor.signal(signal.SIGHUP)
    assert "wrong" in monitor.wait_said("reload_failed")["reason"]
    monitor.lines = ["node 18 eighteen"]
    monitor.ports[2] += 1
    monitor.write_configuration()
    assert "listen changes with a restart only" in monitor.ask("reload")[-1]["said"]
    monitor.ports[2] -= 1
    monitor.write_configuration()
    monitor.signal(signal.SIGHUP)
    until(lambda: len(monitor.ask("status")) == 2, 3, "one node")
    assert monitor.agents[0].answers[-1].session == incarnation


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text[:-4], "the line has no end"),
        (lambda text: text.replace("end ", "fin "), "is expected"),
        (lambda text: "\n".join(text.splitlines()[:-1]) + "\n", "its end is missing"),
        (lambda text: text + "armed no\n", "something follows the end"),
        (lambda text: text.replace("of 1", "of 2"), "is not the memory of this monitor"),
        (lambda text: text.replace("armed yes", "armed perhaps"), "is expected"),
        (lambda text: "\0" * len(text), "the line has no end"),
    ],
)
def test_damaged_memory_is_not_forgotten(make_monitor: Make, damage: Callable[[str], str], said: str) -> None:
    monitor = make_monitor()
    monitor.order("arm")
    assert monitor.end() == 0
    damaged = damage(monitor.state.read_text())
    monitor.state.write_text(damaged)
    command = [str(monitor.built / "heliostat-monitor"), "--config", str(monitor.configuration), "--foreground"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=10)
    assert ended.returncode == 1 and said in ended.stderr, ended.stderr
    assert monitor.state.read_text() == damaged


def test_memory_that_cannot_be_written_refuses_orders(make_monitor: Make) -> None:
    monitor = make_monitor()
    shutil.move(monitor.state, monitor.directory / "aside")
    (monitor.directory / "state.new").mkdir()
    refused = monitor.ask("arm")[-1]
    assert not refused["ok"] and "could not be written" in refused["said"]
    assert monitor.wait_said("memory_failing") and monitor.ask("counts")[-1]["daemon"]["memory_failing"]
    assert not monitor.ask("counts")[-1]["armed"]
    (monitor.directory / "state.new").rmdir()
    monitor.order("arm")
    assert monitor.wait_said("memory_written")


def whole_lines(journal: Path) -> list[dict[str, object]]:
    text = journal.read_text()
    assert text == "" or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def test_full_disk_holds_up_nobody_and_loses_nothing_that_fits(make_monitor: Make, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("mounts a small file system")
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True).returncode != 0:
        pytest.skip("nothing can be mounted here")
    try:
        monitor = make_monitor(journal=str(small / "journal"))
        monitor.alive()
        (small / "ballast").write_bytes(bytes(40 * 1024))
        for turn in range(400):
            monitor.order("arm" if turn % 2 == 0 else "disarm")
        until(lambda: monitor.ask("counts")[-1]["daemon"]["journal_failing"], 5, "the journal is said to fail")
        seen = monitor.ask("counts")[-1]["daemon"]
        assert seen["journal_waiting_bytes"] > 0 and seen["journal_lost"] == 0 and "space" in seen["journal_error"]
        whole_lines(small / "journal")
        assert monitor.state_of() == "alive"
        shutil.move(small / "journal", tmp_path / "old")
        (small / "ballast").unlink()
        monitor.signal(signal.SIGHUP)
        until(lambda: monitor.ask("counts")[-1]["daemon"]["journal_waiting_bytes"] == 0, 5, "written")
        events = whole_lines(tmp_path / "old") + whole_lines(small / "journal")
        sequences = sorted({int(str(one["sequence"])) for one in events})
        assert sequences == list(range(1, sequences[-1] + 1)) and sequences[-1] > 400
    finally:
        subprocess.run(["umount", "-l", str(small)], check=False)


def test_file_that_may_not_grow(make_monitor: Make) -> None:
    monitor = make_monitor(start=False)
    monitor.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)))
    for turn in range(60):
        monitor.order("arm" if turn % 2 == 0 else "disarm")
    until(lambda: monitor.ask("counts")[-1]["daemon"]["journal_failing"], 5, "the journal is said to fail")
    assert monitor.process is not None and monitor.process.poll() is None
    whole_lines(monitor.journal)


def test_journal_ends_a_line_that_a_crash_left_open(make_monitor: Make) -> None:
    monitor = make_monitor(start=False)
    monitor.journal.write_text('{"half":')
    monitor.start()
    until(lambda: "started" in monitor.journal.read_text(), 3, "written")
    assert monitor.journal.read_text().startswith('{"half":\n{')


def test_nothing_of_a_killed_monitor_keeps_the_next_from_starting(make_monitor: Make) -> None:
    monitor = make_monitor()
    for _ in range(5):
        monitor.kill()
        monitor.start()
    until(lambda: len([one for one in whole_lines(monitor.journal) if one["event"] == "started"]) == 6, 3, "all in the journal")


def test_metrics_are_what_prometheus_reads(make_monitor: Make) -> None:
    monitor = make_monitor(metrics="", metrics_interval="1s", start=False)
    monitor.settings["metrics"] = str(monitor.metrics)
    monitor.write_configuration()
    monitor.start()
    monitor.alive()
    until(lambda: monitor.metrics.exists() and 'state="alive"' in monitor.metrics.read_text(), 5, "metrics")
    text = monitor.metrics.read_text()
    assert 'heliostat_monitor_node_state{node="seventeen",state="alive"} 1' in text
    assert "heliostat_monitor_armed 0" in text and 'heliostat_monitor_packets_refused_total{reason="seal"} 0' in text
    families = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(families) == len(set(families))
    for line in text.splitlines():
        assert line.startswith("#") or line.split("{")[0].split()[0] in families, line
    if tool := shutil.which("promtool"):
        subprocess.run([tool, "check", "metrics"], input=text, text=True, check=True)


def test_background_returns_when_it_listens(make_monitor: Make, tmp_path: Path) -> None:
    monitor = make_monitor(start=False, pid=str(tmp_path / "pid"))
    command = [str(monitor.built / "heliostat-monitor"), "--config", str(monitor.configuration)]
    assert subprocess.run(command, timeout=10).returncode == 0
    pid = int((tmp_path / "pid").read_text())
    try:
        assert monitor.ask("counts")
        refused = subprocess.run(command, capture_output=True, text=True, timeout=10)
        assert refused.returncode == 1 and "in use" in refused.stderr
    finally:
        os.kill(pid, signal.SIGTERM)
    until(lambda: not monitor.control.exists(), 5, "ended")
    until(lambda: not (tmp_path / "pid").exists(), 5, "pid file gone")
