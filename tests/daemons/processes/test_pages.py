# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages show is shown to the daemons: every example is a configuration, every range is the one that they know."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGES = ("heartbeat", "fencing")
# What an example leaves out is in these; theirs is not given twice.
REST = {
    "agent": """\
node 1 one
path 1 management 192.0.2.1
monitor 1 path 1 192.0.2.9
keys /etc/heliostat/agent.keys
self-fence none""",
    "monitor": """\
id 1
listen 1 192.0.2.9
keys /etc/heliostat/monitor.keys
state /var/lib/heliostat/state
control /var/run/heliostat/control""",
}

EXAMPLES = [
    pytest.param(daemon, text, id=f"{page}: {text.splitlines()[0]}")
    for page in PAGES
    for daemon, text in re.findall(r"^```(agent|monitor)\n(.*?)```$", (DOCS / f"{page}.md").read_text(), re.M | re.S)
]
RANGES = [
    pytest.param(daemon, keyword, span, id=f"{daemon}: {keyword}")
    for daemon in ("agent", "monitor")
    for keyword, span in re.findall(
        r"^\| `([a-z-]+)`(?: R)? \| (\d+\w* to \d+\w*)(?:, DURATION)? \|",
        (DOCS / "heartbeat.md").read_text().split(f"### {daemon}.conf")[1].split("\n### ")[0],
        re.M,
    )
]


def check(built: Path, directory: Path, daemon: str, text: str) -> subprocess.CompletedProcess[str]:
    """``--check-config`` of that text, with the keys and secrets that it names in the test's folder."""
    keyword = {line.split()[0] for line in text.splitlines() if line.strip() and not line.startswith("#")}
    lines = [line for line in REST[daemon].splitlines() if line.split()[0] not in keyword]
    whole = "\n".join([*lines, text]).replace("/etc/heliostat/", f"{directory}/")
    for kind, path in re.findall(rf"(keys |=@)({re.escape(str(directory))}/\S+)", whole):
        file = Path(path)
        file.parent.mkdir(exist_ok=True)
        file.touch(0o600)
        file.write_text(f"key 1 {'01' * 32}\n" if kind == "keys " else "a secret\n")
    configuration = directory / f"{daemon}.conf"
    configuration.write_text(whole)
    words = [str(built / f"heliostat-{daemon}"), "--config", str(configuration), "--check-config"]
    return subprocess.run(words, capture_output=True, text=True, timeout=10, check=False)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 5 and len(RANGES) > 12


@pytest.mark.parametrize(("daemon", "text"), EXAMPLES)
def test_example_is_taken(built: Path, tmp_path: Path, daemon: str, text: str) -> None:
    found = check(built, tmp_path, daemon, text)
    assert found.returncode == 0, found.stderr


@pytest.mark.parametrize(("daemon", "keyword", "span"), RANGES)
def test_range_is_the_daemons(built: Path, tmp_path: Path, daemon: str, keyword: str, span: str) -> None:
    found = check(built, tmp_path, daemon, f"{keyword} 0us 1s" if re.search(r"[a-z]", span.split()[0]) else f"{keyword} 0 1s")
    assert found.returncode == 2
    assert re.search(rf'{keyword}: "0(us)?" is not a whole number.* from {re.escape(span)}\n', found.stderr), found.stderr


@pytest.mark.parametrize("a", [0, 1, 2])
@pytest.mark.parametrize("b", [0, 1, 2])
def test_two_switches_are_off_only_where_both_are(tmp_path: Path, a: int, b: int) -> None:
    shown = re.search(r"^```sh\n(.*?)```$", (DOCS / "fencing.md").read_text(), re.M | re.S)
    assert shown
    switch = tmp_path / "switch"
    switch.write_text(f"#!/bin/sh\ninput=`cat`\ncase $input in *ip=A*ip=*) exit 9;; *ip=A*) exit {a} ;; *ip=B*) exit {b} ;; esac\nexit 9\n")
    switch.chmod(0o755)
    agent = tmp_path / "agent"
    agent.write_text(shown[1].replace("/usr/sbin/fence_brocade", str(switch)))
    agent.chmod(0o755)

    def ask(action: str) -> subprocess.CompletedProcess[str]:
        given = f"action={action}\nip_a=A\nip_b=B\nplug=7\n"
        return subprocess.run([agent], input=given, capture_output=True, text=True, timeout=10, check=False)

    assert (ask("off").returncode == 0) == (a == b == 0)
    found = ask("status")
    assert (found.returncode == 2) == (found.stdout == "Status: OFF\n") == (a == b == 2)
    assert (found.returncode == 0) == (found.stdout == "Status: ON\n") == (1 not in (a, b) and 0 in (a, b))
