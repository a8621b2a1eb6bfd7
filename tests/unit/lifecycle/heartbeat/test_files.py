# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is declared of the heartbeat, and what the daemons themselves say of the files that are made of it."""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import cksum, files, systemctl
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.heartbeat import configuration, keys, look, services
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.heartbeat.places import Places
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import heartbeat_declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, HeliostatError, InvalidDefinition, ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.heartbeat import Key

from .hosts import MONITORS, NODES, OLD, built, checked, estate  # noqa: F401 - a fixture

AGENT, MONITOR = Places("agent"), Places("monitor")
T8A = NODES["t8a"]


# --- what is declared ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"t8b": {**NODES["t8b"], "id": 17}}, "node number 17 is that of t8a and of t8b"),
        ({"t8b": {**NODES["t8b"], "paths": {"management": "10.40.0.11"}}}, "t8a and t8b have one address over path management"),
        ({"t8a": {**T8A, "paths": {"managment": "10.40.0.11"}}}, "unknown option 'managment'"),
        ({"t8a": {**T8A, "paths": {"management": "10.40.0.999"}}}, "is no address such as"),
        ({"t8a": {**T8A, "lease": "8"}}, "is no duration such as"),
        ({"t8a": {**T8A, "self_fence": {"by": "stop", "zones": ["web1"]}}}, "zones says nothing where by is stop"),
        ({"t8a": {**T8A, "self_fence": {}}}, "None is none of none, halt_zones"),
        ({"t8a": {**T8A, "id": 0}}, "whole number from 1 to"),
        ({"t8a": {**T8A, "fence": [{"kind": "slot", "agent": "fence_x"}]}}, "slot has neither agent nor options"),
        ({"t8a": {**T8A, "fence": [{"agent": "fence x"}]}}, "is no fence agent"),
        ({"t8a": {**T8A, "fence": [{"agent": "fence_x", "options": {"a": "1\nnode 3 evil"}}]}}, "neither names nor values hold line ends"),
        ({"t8a": {**T8A, "fence": [{"agent": "fence_x", "secrets": {"password": None}}]}}, "password: what it holds is no text"),
        ({"t8a": {**T8A, "fence": [{"agent": "fence_x", "secrets": {"password": ""}}]}}, "password: what it holds is no text"),
        ({"t8a": {**T8A, "fence": [{"agent": "fence_x", "options": {"ip": ["10.40.0.111"]}}]}}, "ip: what it holds is no text"),
        ({"t8b": {**NODES["t8b"], "paths": {"management": "10.40.0.11:4791"}}}, "t8a and t8b have one address over path management"),
        ({"../t8c": {**T8A, "id": 3, "paths": {"management": "10.40.0.13"}}}, "the daemons call nodes by letters"),
        ({"t8a": {**T8A, "user": "root\nnode 4 x"}}, "is no name"),
        ({"t8a": {**T8A, "paths": {"backup": "10.42.0.11"}}}, "no monitor has an address over any of its paths"),
    ],
)
def test_what_cannot_be_is_refused_with_who_and_why(changed: dict[str, Any], told: str) -> None:
    monitors = {"ms2": MONITORS["ms2"]} if "backup" in str(changed) else MONITORS
    nodes = {name: {**node, "paths": node["paths"]} for name, node in {**NODES, **changed}.items()}
    with pytest.raises(InvalidDefinition, match=re.escape(told)):
        heartbeat_declaration.estate(nodes, monitors, None, [{"id": 1, "key": OLD}])


@pytest.mark.parametrize(
    "given_keys",
    [None, [], [{"id": 1, "key": "abc"}], [{"id": 1, "key": "00" * 32}], [{"id": 0, "key": OLD}],
     [{"id": 1, "key": OLD}, {"id": 1, "key": OLD}],
     [{"id": number, "key": OLD} for number in range(1, 6)], [{"id": 1, "key": OLD, "note": OLD}], [{"id": 1, "key": 11}]],
)  # fmt: skip
def test_no_message_shows_a_key(given_keys: Any) -> None:
    with pytest.raises(InvalidDefinition) as error:
        heartbeat_declaration.keys(given_keys)
    assert "abc" not in str(error.value)
    assert OLD not in str(error.value)


# --- what the daemons say of it --------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", sorted(NODES))
def test_the_agent_takes_its_configuration(built: Path, tmp_path: Path, name: str) -> None:  # noqa: F811
    whole = estate()
    text = configuration.agent(whole, whole.nodes[name], AGENT).replace(AGENT.keys, str(tmp_path / "keys"))
    own = keys.of_node(whole.keys, whole.nodes[name].id)
    assert checked(built / "heliostat-agent", text, tmp_path, keys.file_text(own, [1])) == ""
    wrong = text.replace("node 1", "node x")
    assert "is not a whole number" in checked(built / "heliostat-agent", wrong, tmp_path, keys.file_text(own, [1]))


@pytest.mark.parametrize("name", sorted(MONITORS))
def test_the_monitor_takes_its_configuration(built: Path, tmp_path: Path, name: str) -> None:  # noqa: F811
    whole = estate()
    text = configuration.monitor(whole, whole.monitors[name], MONITOR).replace(MONITOR.keys, str(tmp_path / "keys"))
    if name == "ms2":  # it has no slot, and one of t8a's levels is a pill in it
        text += "slot /dev/zero\n"
    for path, secret in configuration.secrets(whole, MONITOR).items():
        own = tmp_path / path.rpartition("/")[2]
        own.write_text(secret)
        own.chmod(0o600)
        text = text.replace(f"@{path}", f"@{own}")
    said = checked(built / "heliostat-monitor", text, tmp_path, keys.file_text(whole.keys, [1]))
    assert [line for line in said.splitlines() if "cannot be run" not in line] == []
    assert "sesame" not in text


@given(st.text(st.characters(codec="ascii", exclude_characters="\0\n\r"), max_size=40))
def test_a_word_is_one_word(text: str) -> None:
    """As config_lines.h has it: blanks part words, # begins a comment, quotes hold both, \\ stands before quotes and itself."""
    found = configuration.word(text)
    if found.startswith('"'):
        inner = found[1:-1]
        assert not re.search(r'(?<!\\)(?:\\\\)*"', inner)
        assert re.sub(r"\\(.)", r"\1", inner) == text
    else:
        assert found == text
        assert not set(found) & set(' \t#"\\')


# --- keys ------------------------------------------------------------------------------------------------------------
def test_a_nodes_key_is_what_the_agent_would_derive() -> None:
    """openssl dgst -sha256 -mac HMAC -macopt hexkey:MASTER of "heliostat node" and four bytes: a second implementation."""
    message = b"heliostat node" + bytes([0, 0, 0, 7])
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{OLD}"]
    said = subprocess.run(command, input=message, capture_output=True, check=True).stdout.decode()
    assert said.split()[-1] == keys.node_key(OLD, 7)
    assert keys.node_key(OLD, 0x07000000) != keys.node_key(OLD, 7)


@given(st.permutations([1, 2, 3]), st.one_of(st.none(), st.lists(st.sampled_from([1, 2, 3, 9]), unique=True, max_size=4)))
def test_steps_of_a_rotation(declared: list[int], present: list[int] | None) -> None:
    newest, known = declared[0], [number for number in present or [] if number in declared]
    accepts = keys.wanted("accept", declared, present)
    assert newest in accepts
    assert not known or accepts[0] == known[0], "what it sends with does not change yet"
    used = keys.wanted("use", declared, accepts)
    assert (used[0], set(used)) == (newest, set(accepts)), "whom it believed it believes"
    assert keys.wanted("only", declared, used) == (newest,)
    for phase in ("accept", "use", "only"):
        once = keys.wanted(phase, declared, present)  # type: ignore[arg-type]
        assert keys.wanted(phase, declared, once) == once  # type: ignore[arg-type]
        assert len(set(once)) == len(once)


def test_a_key_file_gives_its_numbers_and_nothing_else() -> None:
    text = keys.file_text((Key(12, OLD), Key(3, OLD)), [3, 12])
    argv = [str(word) for word in keys.probe("/dev/stdin").argv]
    said = subprocess.run(argv, input=text, capture_output=True, text=True, check=True).stdout
    assert said == "3\n12\n"
    assert keys.parse(Output(0, said), "f") == (3, 12)
    with pytest.raises(CommandFailed):
        keys.parse(Output(2, "", "sed: can't read f: Permission denied"), "f")


# --- service managers ------------------------------------------------------------------------------------------------
#: Order and names of elements (service_bundle(4), /usr/share/lib/xml/dtd/service_bundle.dtd.1).
SERVICE = ["create_default_instance", "single_instance", "restarter", "dependency", "dependent", "method_context", "exec_method",
           "property_group", "instance", "stability", "template"]  # fmt: skip
ATTRIBUTES = {
    "service": {"name", "type", "version"},
    "dependency": {"name", "grouping", "restart_on", "type"},
    "dependent": {"name", "grouping", "restart_on", "delete"},
    "exec_method": {"type", "name", "exec", "timeout_seconds"},
    "method_context": {"working_directory"},
    "method_credential": {"user", "group"},
    "propval": {"name", "type", "value"},
}


@pytest.mark.parametrize(("daemon", "gated"), [("agent", True), ("agent", False), ("monitor", False)])
def test_the_manifest_keeps_to_the_dtd(daemon: Any, gated: bool) -> None:
    bundle = ElementTree.fromstring(services.manifest(daemon, gated=gated))
    assert (bundle.tag, bundle.get("type")) == ("service_bundle", "manifest")
    found = {service.get("name", "").rpartition("/")[2]: service for service in bundle}
    assert set(found) == ({"agent", "gate"} if daemon == "agent" else {"monitor"})
    for service in found.values():
        order = [SERVICE.index(part.tag) for part in service]
        assert order == sorted(order)
        for element in service.iter():
            assert set(element.attrib) <= ATTRIBUTES.get(element.tag, set(element.attrib)), element.tag
        assert {method.get("name") for method in service.iter("exec_method")} >= {"start", "stop"}
    own = {pair.get("name"): pair.get("value") for pair in found[daemon].iter("propval")}
    assert own == {"duration": "contract", "ignore_error": "core,signal"}
    if daemon == "agent":
        dependent = found["gate"].find("dependent")
        assert dependent is not None
        assert (dependent.get("restart_on"), dependent.get("delete")) == ("none", None if gated else "true")
        start = next(method for method in found["gate"].iter("exec_method") if method.get("name") == "start")
        assert start.get("timeout_seconds") == "0", "it waits as long as the lease is not held"


def test_an_agent_may_take_its_lease_to_end() -> None:
    assert services.stop_time("1min", "10s") > 70
    assert f"TimeoutStopSec={services.stop_time('1min', '10s')}\n" in services.unit("agent", stop=services.stop_time("1min", "10s"))
    with pytest.raises(InvalidDefinition):
        services.seconds("10")


def test_units_say_what_systemd_knows() -> None:
    """Every directive is one of systemd's own list, where systemd is here to say so."""
    for text in (services.unit("agent"), services.unit("monitor"), services.gate_unit()):
        lines = [line for line in text.splitlines() if line and not line.startswith(("#", "["))]
        assert all(re.match(r"[A-Z][A-Za-z]+=\S", line) for line in lines)
    assert "RuntimeDirectory" not in services.unit("agent"), "a stop would empty it, and with it the record of the lease"
    assert "Requires=" not in services.gate_unit(), "a restart of the agent would stop what waits behind the gate"


# --- what hosts answer -----------------------------------------------------------------------------------------------
SHOWN = "LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nNeedDaemonReload=no\n"


def test_units_and_instances_in_our_words() -> None:
    assert systemctl.parse(Output(0, SHOWN)) == systemctl.Unit(True, "active", "running", True, False)
    assert not systemctl.parse(Output(0, SHOWN.replace("loaded", "not-found").replace("=enabled", "="))).known
    for wrong in (Output(0, SHOWN.replace("active", "napping")), Output(0, "ActiveState=active\n")):
        with pytest.raises(ParseError):
            systemctl.parse(wrong)
    with pytest.raises(CommandFailed):
        systemctl.parse(Output(1, "", "Failed to connect to bus"))
    absent = Output(1, "", "svcs: Pattern 'svc:/x:default' doesn't match any instances\n")
    assert look.smf_state(absent).state == look.ABSENT
    assert look.smf_state(Output(0, "online offline svc:/x:default\n")).state == look.CHANGES
    assert look.smf_state(Output(0, "maintenance - svc:/x:default\n")).state == look.FAILED
    with pytest.raises(CommandFailed):
        look.smf_state(Output(1, "", "svcs: Could not bind to repository server"))


@given(st.binary(max_size=300))
def test_the_checksum_is_cksums(content: bytes) -> None:
    said = subprocess.run(["cksum"], input=content, capture_output=True, text=False, check=True).stdout.decode()
    assert " ".join(said.split()[:2]) == cksum.of(content)


def test_what_could_not_be_looked_at_is_not_absent() -> None:
    assert files.parse_owner(Output(2, "", "ls: cannot access '/x': No such file or directory"), "/x") is None
    assert files.parse_owner(Output(0, "-rw-------+  1 root     root         137 Nov 21 15:52 /x\n"), "/x") == ("-rw-------", "root")
    for parse in (files.parse_owner, cksum.parse):
        with pytest.raises(HeliostatError):
            parse(Output(2, "", "ls: cannot open directory '/x': Permission denied"), "/x")  # type: ignore[operator]
