# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The heartbeat's pages and its sources say the same: keywords, variables, events, metrics, states; nothing is missing, nothing made up."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.heartbeat import configuration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import heartbeat_declaration as declaration

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "roles" / "heartbeat" / "files" / "src"
PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text() for name in ("heartbeat", "fencing", "daemon-security")}


def section(title: str, page: str = "heartbeat") -> str:
    """A part of a page, from its title to the next one of the same or a higher level."""
    start = re.search(rf"^(#+) {re.escape(title)}$", PAGES[page], re.M)
    assert start, title
    rest = PAGES[page][start.end() :]
    end = re.search(rf"^#{{1,{len(start[1])}}} ", rest, re.M)
    return rest[: end.start()] if end else rest


def first_cells(title: str, page: str = "heartbeat") -> list[str]:
    rows = re.findall(r"^\| (.*?) \|", section(title, page), re.M)
    return [cell for cell in rows if "`" in cell]


def named(cells: list[str]) -> set[str]:
    return {name for cell in cells for name in re.findall(r"`([a-z_0-9-]+)", cell)}


def sources(folder: str) -> str:
    return "\n".join(path.read_text() for path in sorted((SOURCES / folder).glob("*.c")))


@pytest.mark.parametrize(
    ("title", "file"), [("agent.conf", "agent/agent_configuration_lines.c"), ("monitor.conf", "monitor/configuration.c")]
)
def test_reference_has_every_keyword(title: str, file: str) -> None:
    known = re.search(r"\bkeywords\[\] = \{(.*?)\};", (SOURCES / file).read_text(), re.S)
    assert known
    assert named(first_cells(title)) == set(re.findall(r'"([a-z-]+)"', known[1]))


@pytest.mark.parametrize("daemon", ["agent", "monitor"])
def test_reference_says_what_needs_a_restart(daemon: str) -> None:
    marked = {name for cell in first_cells(f"{daemon}.conf") if cell.endswith(" R") for name in named([cell])}
    assert marked == configuration.FIXED["agent" if daemon == "agent" else "monitor"]


def test_reference_says_the_defaults() -> None:
    code = (SOURCES / "monitor" / "configuration_monitor.c").read_text()
    found: dict[str, str] = {}
    for name, value in re.findall(r"DEFAULT\(ONCE_(\w+), [\w>-]+, (.*)\)$", code, re.M):
        plain = value.partition(" : ")[2] or value  # the other is of profile fast
        number = re.match(r"(?:(\d+) \* )?USEC_PER_(MS|SECOND)", plain)
        word = f"{number[1] or 1}{'ms' if number[2] == 'MS' else 's'}" if number else {"true": "yes"}.get(plain, plain)
        keyword = name.lower().replace("_", "-")
        found[keyword] = f"{found[keyword]} {word}" if keyword in found else word
    assert len(found) > 10
    rows = dict(re.findall(r"^\| `([a-z-]+)`(?: R)? \| .*? \| `(.*?)` \|", section("monitor.conf"), re.M))
    shown = {keyword: rows[keyword] for keyword in found}
    assert shown | {"vote": shown["vote"].replace("5s", "5000")} == found


def test_reference_has_every_variable() -> None:
    node, monitor = section("Variables of the inventory").split("`heliostat_monitor` on")
    assert named(re.findall(r"^\| (.*?) \|", node, re.M)) - {"kind", "address"} == set(declaration._OF_NODE)
    assert named(re.findall(r"^\| (.*?) \|", monitor, re.M)) == set(declaration._OF_MONITOR)


def test_reference_has_the_playbooks_variables() -> None:
    role = yaml.safe_load((ROOT / "roles" / "heartbeat" / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    playbooks = "\n".join(path.read_text() for path in (ROOT / "playbooks").glob("heartbeat_*.yml"))
    set_there = set(re.findall(r"^ +(heliostat_heartbeat_\w+): ", playbooks, re.M))
    asked_for = set(re.findall(r"\b(heliostat_heartbeat_\w+) \| default\('?[^[]", playbooks)) | {"heliostat_heartbeat_serial"}
    names = named(first_cells("Variables of the playbooks"))
    assert set(role) - set_there <= names <= set(role) | asked_for


def test_page_has_every_command() -> None:
    code = (SOURCES / "monitor" / "control_answer.c").read_text()
    orders = re.search(r"orders\[\] = \{(.*?)\};", code, re.S)
    assert orders
    known = set(re.findall(r'\{"([a-z-]+)"', orders[1])) | set(re.findall(r'strcmp\(word, "([a-z-]+)"\) == 0', code))
    usage = re.search(r"usage\[\] = (.*?);\n", (SOURCES / "monitor" / "heartbeat_main.c").read_text(), re.S)
    assert usage and all(re.search(rf'[" ]{name}[ \\|]', usage[1]) for name in known)
    assert named(first_cells("Commands")) == known


def test_page_has_every_event() -> None:
    code = sources("monitor")
    told = re.findall(r'\bsay(?:_step)?\(\s*(?:order->)?monitor,\s*[\w>&.\[\]-]+,\s*(?:\w+ \? )?"(\w+)"(?: : "(\w+)")?', code)
    own = re.findall(r'\bloop_event\(\s*daemon,\s*(?:[\w>-]+ \? )?"(\w+)"(?: : "(\w+)")?', code)
    known = {name for names in told + own for name in names if name} | set(re.findall(r'event\.name = "(\w+)"', code))
    known |= set(re.findall(r'\\"event\\":\\"(\w+)', code)) | {"path", "refused"}  # say_path, say_refused
    assert {"state", "verdict", "held", "fence_agent", "started", "metrics_written", "disarmed"} <= known
    assert named(first_cells("Events")) == known


def test_page_has_every_metric() -> None:
    code = (SOURCES / "monitor" / "metrics.c").read_text()
    known = set(re.findall(r'\b(?:one|head)\(to, "(\w+)"', code)) | set(re.findall(r'\{"(node_\w+)",', code))
    assert named(first_cells("Metrics")) == known
    reasons = re.search(r"packets_refused_total\{reason\}` \| (.*?) \|", section("Metrics"))
    assert reasons and named([reasons[1]]) == set(re.findall(r'REFUSED\("(\w+)"', code))


def test_every_state_has_a_next_step() -> None:
    states = set(re.findall(r'\[NODE_\w+\] = "(\w+)"', (SOURCES / "monitor" / "states.c").read_text())) - {"alive"}
    assert len(states) == 11
    assert states <= named(first_cells("What to do when"))


def test_words_of_fencing_are_explained() -> None:
    code = (SOURCES / "monitor" / "fence_job.c").read_text()
    words = set(re.findall(r'"([a-z]+)[:,] ', code)) | set(re.findall(r'ENOENT \? "([a-z]+)" : "([a-z]+)"', code)[0])
    words.remove("status")  # what an agent says, not what is said of it
    assert {"off", "on", "lies", "rubbish", "late", "missing"} <= words
    assert named(first_cells("What is done with an agent", "fencing")) == words


@pytest.mark.parametrize("page", PAGES)
def test_shown_events_are_events(page: str) -> None:
    events = named(first_cells("Events"))
    for line in re.findall(r"^\{.*\}$", PAGES[page], re.M):
        assert json.loads(line).get("event", "state") in events


class _Vaulted(yaml.SafeLoader):
    """``!vault`` is a key of zeros and ones here."""


_Vaulted.add_constructor("!vault", lambda _loader, _node: "01" * 32)


def test_declared_example_is_taken() -> None:
    common: dict[str, Any] = {}
    hosts: dict[str, dict[str, Any]] = {}
    for text in re.findall(r"^```yaml\n(.*?)```", PAGES["heartbeat"], re.M | re.S):
        file = re.match(r"# (?:group_vars/all|host_vars/(?P<host>\w+))/", text)
        assert file, "an example says in which file it stands"
        (hosts.setdefault(file["host"], {}) if file["host"] else common).update(yaml.load(text, _Vaulted))
    found = {
        kind: {name: {**common[f"{kind}_defaults"], **own[kind]} for name, own in hosts.items() if kind in own}
        for kind in ("heliostat_heartbeat", "heliostat_monitor")
    }
    estate = declaration.estate(*found.values(), None, common["heliostat_heartbeat_keys"])
    assert estate.nodes and estate.monitors
