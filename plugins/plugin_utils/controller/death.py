# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a node is dead. That it does not answer proves nothing: its service processor says so, or a person does."""

from __future__ import annotations

from ansible.errors import AnsibleError

from ..model.command import Command
from ..model.errors import HeliostatError, NodeUnreachable, Refused
from ..processors import ilom
from .action import HeliostatAction
from .other_nodes import IMPATIENT, beside, impatient


def proof(action: HeliostatAction, node: str, acknowledged: str) -> str:
    """Why the node is known to be dead. Raises Refused with what was found and what to do where that is not known."""
    try:
        impatient(action, node).run([Command.of("uname", "-n")])
    except NodeUnreachable as error:
        silent = " ".join(str(error).split())[-300:]
    else:
        raise Refused(
            f"node {node} answers, so it is not lost. Move its vServers with the playbook heliostat.vdc.vserver_migrate; if it must be "
            "given up, shut it down first. Nothing was done."
        )
    processor = action.inventory.service_processor(node)
    power, said = _power(action, processor) if processor else (None, "no service_processor is declared in its heliostat_node")
    if power is False:
        return said
    if power is True:
        raise Refused(
            f"node {node} does not answer, but {said}: it may be running and writing. Switch it off there ('stop -force /SYS') and run "
            f"this again. Nothing was done. What ssh said: {silent}"
        )
    if acknowledged.split(":")[0].strip() == node and acknowledged.partition(":")[2].strip():
        return f"acknowledged by {action.operator}: {acknowledged.partition(':')[2].strip()}"
    raise Refused(
        f"node {node} does not answer, and whether its power is off is not known: {said}. Make sure that it is off and stays off, then say "
        f"so: acknowledge: '{node}: who saw it, and how'. Nothing was done. What ssh said: {silent}"
    )


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
