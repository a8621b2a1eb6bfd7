# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ssh to the node, then zlogin."""

from __future__ import annotations

DOCUMENTATION = r"""
name: zlogin
short_description: Work inside a vServer through its node
version_added: 0.1.0
description:
  - Logs in to the node over ssh and runs every command in the zone through C(zlogin). The zone needs neither sshd nor Python nor a network.
  - M(ansible.builtin.raw), M(ansible.builtin.script) and whatever sends commands or files works. Modules that need Python need it
    in the zone, as ever.
  - Where O(node) is set, all variables of the ssh connection (C(ansible_host), C(ansible_port), C(ansible_user) and so on) are those of
    that host of the inventory, and the vServer's own are left for connections to the vServer itself. Many vServers of a node share one
    persistent connection.
extends_documentation_fragment:
  - connection_pipelining
  - heliostat.vdc.ssh_client
options:
  zone:
    description: Name of the zone. It is the host's name where it is not set.
    type: string
    vars:
      - name: heliostat_zone
  node:
    description:
      - Name of the inventory's host whose zone it is, and whose variables say how to log in. The inventory
        P(heliostat.vdc.repository#inventory) sets it for every vServer that has a node.
      - Where it is not set the vServer's own variables count, and C(ansible_host) must be the address of the node.
    type: string
    vars:
      - name: heliostat_zlogin_node
  remote_user:
    description: User in the zone, who must have a shell of the Bourne kind. C(become) works from there.
    type: string
    default: root
    vars:
      - name: heliostat_zlogin_user
  zlogin_become:
    description:
      - What lets the user who logs in to the node run C(zlogin), which is for root only. It is not Ansible's C(become), which works
        inside the zone. It asks for no password.
      - Taken from the variables of O(node) where the vServer does not set it.
    type: string
    choices: [none, pfexec, sudo]
    default: none
    vars:
      - name: heliostat_zlogin_become
  host:
    description: Address of the node.
    type: string
    vars:
      - name: inventory_hostname
      - name: ansible_host
      - name: ansible_ssh_host
  use_tty:
    description: Always off. A terminal on the node would not be one in the zone, and would mix the two streams.
    type: bool
    choices: [false]
    default: false
notes:
  - A command that a signal ended has the exit code 128 and the signal's number. Exit code 255 arrives as 254, because ssh says by 255
    that the connection broke.
  - Files go through C(dd). New files are private to the zone's user. No sftp and no scp is used.
author:
  - heliostat.vdc maintainers (@heliostat)
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible import constants
from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from ansible.module_utils.common.text.converters import to_text
from ansible.plugins.connection import ssh
from ansible.utils.display import Display

from ..plugin_utils.commands.zlogin import refusal
from ..plugin_utils.controller import zone_session
from ..plugin_utils.model.command import Output
from ..plugin_utils.model.errors import InvalidDefinition

display = Display()

#: Variables that describe the vServer, not the way to its node.
OWN = ("heliostat_zone", "heliostat_zlogin_node", "heliostat_zlogin_user", "heliostat_zlogin_become")
PASSWORDS = ("ansible_password", "ansible_ssh_pass", "ansible_ssh_password")


class Connection(ssh.Connection):
    transport = "heliostat.vdc.zlogin"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._foreign_password = False
        self._to_the_node = False

    # --- whose variables count ---------------------------------------------------------------------------------------
    def _resolve_option_variables(self, variables: Any, templar: Any) -> dict[str, Any]:
        own: dict[str, Any] = super()._resolve_option_variables(variables, templar)
        if not own.get("heliostat_zone"):
            own["heliostat_zone"] = host_name(variables)
        node = own.get("heliostat_zlogin_node")
        if not node:
            if not (own.get("ansible_host") or own.get("ansible_ssh_host")) or own.get("ansible_host") == own["heliostat_zone"]:
                raise AnsibleConnectionFailure(
                    f"vServer {own['heliostat_zone']}: nothing says on which node it is. Set heliostat_zlogin_node to the node's name "
                    "in the inventory. The inventory heliostat.vdc.repository does so for a vServer that has been placed."
                )
            return own
        hosts = variables.get("hostvars") or {}
        if node not in hosts:
            raise AnsibleConnectionFailure(
                f"vServer {own['heliostat_zone']}: its node {node} (heliostat_zlogin_node) is no host of the inventory. Add it there."
            )
        there = hosts[node]
        found = {name: own[name] for name in ("_extras", *OWN) if name in own}
        for name in constants.config.get_plugin_vars("connection", self._load_name):
            if name not in found and name in there:
                found[name] = there[name]
        # Ansible hands the vServer's own password over beside its variables.
        self._foreign_password = any(name in own for name in PASSWORDS)
        return found

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        keys = dict(task_keys or {})
        if self._foreign_password:
            keys.pop("password", None)
        keys["node_user"] = keys.pop("remote_user", None)  # the keyword, and -u
        super().set_options(
            task_keys={name: value for name, value in keys.items() if value is not None}, var_options=var_options, direct=direct
        )

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        """``remote_user`` is what become starts from: the zone's. Only ssh itself asks for the node's."""
        return super().get_option("node_user" if option == "remote_user" and self._to_the_node else option, hostvars)

    def _build_command(self, binary: str, subsystem: str, *other_args: Any) -> list[bytes]:
        self._to_the_node = True
        try:
            return super()._build_command(binary, subsystem, *other_args)
        finally:
            self._to_the_node = False

    # --- commands ----------------------------------------------------------------------------------------------------
    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        """Runs a shell line in the zone. AnsibleConnectionFailure when the node or the zone does not take it."""
        zone, user = self.get_option("zone"), self.get_option("remote_user")
        with self._named():
            line = zone_session.login(zone, cmd, user, self.get_option("zlogin_become"))
        if self._foreign_password:
            self._play_context.password = self.get_option("password")
        try:
            code, stdout, stderr = super().exec_command(line, in_data=in_data, sudoable=sudoable)
        except AnsibleConnectionFailure as error:
            # The same class: a wrong password must not be tried again.
            raise type(error)(
                f"vServer {zone}: its node {self._node()} does not answer, so nothing is known of the vServer: {error}. "
                "Check the node's power, network, host key and login."
            ) from error
        why = refusal(zone, user, Output(code, to_text(stdout[:1]), to_text(stderr[-2000:])))
        if why:
            raise AnsibleConnectionFailure(f"vServer {zone} on node {self._node()}: {why}")
        return code, stdout, stderr

    # --- files -------------------------------------------------------------------------------------------------------
    def put_file(self, in_path: str, out_path: str) -> None:
        """A file of the controller to a path in the zone."""
        if not os.path.exists(in_path):
            raise AnsibleFileNotFound(f"vServer {self.get_option('zone')}: there is no file {in_path} to send.")
        display.vvv(f"PUT {in_path} TO {out_path} IN ZONE {self.get_option('zone')}", host=self._node())
        with open(in_path, "rb") as source:
            sent, said = 0, b""
            while (piece := source.read(zone_session.PIECE)) or not sent:
                with self._named():
                    script = zone_session.write(out_path, sent, empty=not piece)
                code, said, stderr = self.exec_command(script, in_data=piece, sudoable=False)
                if code != 0:
                    raise self._failed(f"{out_path} could not be written, what is there now is not complete", code, stderr)
                sent += len(piece)
                if not piece:
                    break
        arrived = to_text(said).split()[-1:]
        if arrived != [str(sent)]:
            raise self._failed(f"{out_path} has {(arrived or ['no'])[0]} bytes there, {sent} were sent", 0, b"")

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """A regular file of the zone to a path of the controller, which is not touched when the file cannot be read."""
        display.vvv(f"FETCH {in_path} FROM ZONE {self.get_option('zone')} TO {out_path}", host=self._node())
        marker = "H" + secrets.token_hex(12)
        size, data = self._piece(in_path, 0, marker)
        with open(out_path, "wb") as target:
            done = target.write(data[:size])
            while done < size:
                _size, data = self._piece(in_path, done, marker)
                if len(data) < min(size - done, zone_session.PIECE):
                    raise self._failed(f"{in_path} became shorter while it was read", 0, b"")
                done += target.write(data[: size - done])

    def _piece(self, path: str, offset: int, marker: str) -> tuple[int, bytes]:
        """The file's size, and its bytes from ``offset`` on."""
        with self._named():
            script = zone_session.read(path, offset, marker)
        code, stdout, stderr = self.exec_command(script, sudoable=False)
        _banner, found, rest = stdout.partition(marker.encode() + b"\n")
        size, newline, data = rest.partition(b"\n")
        if code != 0 or not (found and newline and size.isdigit()):
            raise self._failed(f"{path} could not be read", code, stderr)
        if len(data) < min(int(size) - offset, zone_session.PIECE):
            raise self._failed(f"{path}: only {len(data)} bytes from {offset} on came back", code, stderr)
        return int(size), data

    # --- words -------------------------------------------------------------------------------------------------------
    def _node(self) -> str:
        address = str(self.get_option("host"))
        name = self.get_option("node")
        return f"{name} ({address})" if name and name != address else address

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except InvalidDefinition as error:
            raise AnsibleError(str(error)) from None

    def _failed(self, what: str, code: int, stderr: bytes) -> AnsibleError:
        said = "; ".join(line for line in to_text(stderr).strip().splitlines()[-4:] if " records " not in line)
        end = f" (exit {code})" if code else ""
        return AnsibleError(f"vServer {self.get_option('zone')} on node {self._node()}: {what}{end}{': ' + said if said else ''}.")


def host_name(variables: Mapping[str, Any]) -> str:
    """The name of the host whose variables these are. Raises AnsibleError where a delegated task hides it.

    Ansible puts the delegating host's name into the variables of the host that is delegated to, but leaves the short name.
    """
    name = str(variables["inventory_hostname"])
    short = str(variables.get("inventory_hostname_short", name.partition(".")[0]))
    if short == name.partition(".")[0]:
        return name
    if short in (variables.get("hostvars") or {}):
        return short
    raise AnsibleError(
        f"A task of {name} is delegated to a vServer whose name Ansible hides ({short} and a domain). Set heliostat_zone for it."
    )
