# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a node is dead. That it does not answer proves nothing: its service processor says so, a monitor, or a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleError

from ..lifecycle import verdict
from ..model.command import Command
from ..model.errors import HeliostatError, NodeUnreachable, Refused
from ..model.node import NodeFacts
from ..processors import ilom
from . import guest_death, judgements
from .action import HeliostatAction
from .other_nodes import IMPATIENT, beside, impatient

if TYPE_CHECKING:
    from ..repository.store import Repository

#: A person's word begins with it in the repository.
_WORD = "acknowledged"
#: What ssh says when it got as far as a machine that runs.
_ALIVE = ("Permission denied", "Host key verification failed", "HOST IDENTIFICATION HAS CHANGED", "shell did not run our script")


def proof(action: HeliostatAction, node: str, acknowledged: str, repository: Repository) -> str:
    """Why the node is known to be dead. Raises Refused with what was found and what to do where that is not known."""
    silent = ""
    try:
        impatient(action, node).run([Command.of("uname", "-n")])
    except NodeUnreachable as error:
        silent = " ".join(str(error).split())[-300:]
        if any(sign in str(error) for sign in _ALIVE):
            raise Refused(
                f"node {node}: something answers at its address and does not let us in, so it is not known to be dead. Correct address, "
                f"login or host key first. Nothing was done. What ssh said: {silent}"
            ) from None
    else:
        raise Refused(
            f"node {node} answers, so it is not lost. Move its vServers with the playbook heliostat.vdc.vserver_migrate; if it must be "
            "given up, shut it down first. Nothing was done."
        )
    power, said = _switched(action, node, repository)
    if power is False:
        return said
    record = repository.node(node)
    standing = record.flag_reason if record is not None and record.quarantine else ""
    told = verdict.concluded(node, judgements.of(action, node), power, judgements.powers_off(action, node), standing)
    if told.heard:
        raise Refused(
            f"node {node} does not answer, but {told.heard} hears its heartbeat, so it lives ({told.said}; {said}). Find out why it "
            f"does not let us in, or switch it off. Nothing was done. What ssh said: {silent}"
        )
    if told.proof:
        again = (
            f"{told.incident} was recovered from before. Tell that monitor that the node came back ('heliostat-heartbeat release {node}'); "
            "for this loss, look whether it is off, and say so"
        )
        _check_fresh(repository, node, f"({told.incident})", again)
        return told.proof
    said = "; ".join(filter(None, (said, told.said)))
    if power is True:
        raise Refused(
            f"node {node} does not answer, but {said}: it may be running and writing. Switch it off there ('stop -force /SYS') and run "
            f"this again. Nothing was done. What ssh said: {silent}"
        )
    if acknowledged.split(":")[0].strip() == node and acknowledged.partition(":")[2].strip():
        word = acknowledged.partition(":")[2].strip()
        again = f"these words acknowledged an earlier death of it: {word!r}. Look again whether it is off, and say who saw it now, and when"
        _check_fresh(repository, node, f": {word}", again)
        return f"{_WORD} by {action.operator}: {word}"
    raise Refused(
        f"node {node} does not answer, and whether its power is off is not known: {said}. Make sure that it is off and stays off, then say "
        f"so: acknowledge: '{node}: who saw it, and how'. Nothing was done. What ssh said: {silent}"
    )


def _switched(action: HeliostatAction, node: str, repository: Repository) -> guest_death.Power:
    """On, off or not known (None) by the service processor of the node, of a guest domain by that of its machine."""
    record = repository.node(node)
    if record is not None and record.facts.is_guest and record.facts.domain is not None:
        return guest_death.power(action, record, record.facts.domain, repository, lambda name: _by_processor(action, name, repository))
    return _by_processor(action, node, repository)


def _by_processor(action: HeliostatAction, node: str, repository: Repository) -> guest_death.Power:
    processor = action.inventory.service_processor(node)
    power, said = _power(action, processor) if processor else (None, "no service_processor is declared in its heliostat_node")
    if power is not None:
        told = _told(action, processor)
        if other := _other(action, node, processor, told, repository):
            power, said = None, f"service processor {processor} is not its own ({other})"
        elif power is False and not (_mac(told) and repository.node(node)):
            power, said = None, f"{said}, but that one does not tell whose it is: nothing but the declaration makes it that of node {node}"
    return power, said


def powered(action: HeliostatAction, node: str) -> tuple[bool | None, str]:
    """What its service processor says of the node's power: on, off or not known (None), and the sentence about it."""
    processor = action.inventory.service_processor(node)
    return _power(action, processor) if processor else (None, "no service_processor is declared in its heliostat_node")


def acknowledged(reason: str) -> bool:
    """Whether a node's reason for quarantine has a person's word for its death in it."""
    return f"{_WORD} by " in reason


def _power(action: HeliostatAction, processor: str) -> tuple[bool | None, str]:
    """On, off or not known (None), and the sentence about it."""
    try:
        connection = beside(action, processor, IMPATIENT)._connection
        code, stdout, stderr = connection.exec_command("show /SYS power_state", in_data=None, sudoable=False)
        text = stdout.decode(errors="replace")
        powered = ilom.parse_show(text)[0].powered
    except (AnsibleError, HeliostatError) as error:
        return None, f"service processor {processor} did not tell ({error})"
    if powered is None:
        last = (text + stderr.decode(errors="replace")).strip()[-200:]
        return None, f"service processor {processor} did not tell its power state (exit {code}: {last})"
    return powered, f"its power is {'on' if powered else 'off'} by service processor {processor}"


def _told(action: HeliostatAction, processor: str) -> str:
    """The MAC address of the host that the service processor is in, '' where it tells none.

    SPARC: /HOST, "Host Control Information" of the Oracle ILOM guide. Others from ILOM 3.1 on: host_primary_mac_address of /System.
    """
    connection = beside(action, processor, IMPATIENT)._connection
    for target, name in (("/HOST", "macaddress"), ("/System", "host_primary_mac_address")):
        try:
            _code, stdout, _stderr = connection.exec_command(f"show {target} {name}", in_data=None, sudoable=False)
            told = ilom.parse_show(stdout.decode(errors="replace"))[0].value(name) or ""
        except (AnsibleError, HeliostatError):
            continue  # it has no such property
        if _mac(told):
            return told
    return ""


def _other(action: HeliostatAction, node: str, processor: str, told: str, repository: Repository) -> str:
    """Why the service processor's power is that of another machine, or may be; '' where nothing says so.

    The last half of a SPARC machine's MAC address is that of its host id too.
    """
    hosts = action.vars.get("hostvars", {})
    nodes = sorted(name for name in hosts if name != node and action.inventory.is_node(name))
    twins = [name for name in nodes if _same(hosts, processor, action.inventory.service_processor(name))]
    if twins:
        return f"it is declared for node {twins[0]} too"
    address = _mac(told)
    known = {record.name: record.facts for record in repository.nodes()}
    if not address or node not in known or _owns(known[node], address):
        return ""
    owner = next((name for name, facts in known.items() if _owns(facts, address)), "none that is registered")
    return f"its host has MAC address {told}, node {node} has not; that is node {owner}"


def _same(hosts: Mapping[str, Any], one: str, other: str) -> bool:
    if not other or one == other:
        return one == other
    return all(name in hosts for name in (one, other)) and _address(hosts[one], one) == _address(hosts[other], other)


def _address(variables: Mapping[str, Any], host: str) -> tuple[str, str]:
    return str(variables.get("ansible_host") or host), str(variables.get("ansible_port") or 22)


def _mac(text: str) -> str:
    """Twelve digits; '' for what is no address."""
    parts = text.strip().lower().split(":")
    return "".join(part.zfill(2) for part in parts) if len(parts) == 6 else ""


def _owns(facts: NodeFacts, address: str) -> bool:
    return address in {_mac(link.mac or "") for link in facts.links} or facts.hostid.lower().zfill(8)[2:] == address[6:]


def _check_fresh(repository: Repository, node: str, ending: str, again: str) -> None:
    """Raises Refused for what proved an earlier death: the node came back since, so it says nothing of this one."""
    record = repository.node(node)
    if record is not None and record.quarantine:
        return  # the same death
    if any(event.message.endswith(ending) for event in repository.events(f"node {node}")):
        raise Refused(f"node {node}: {again}. Nothing was done.")
