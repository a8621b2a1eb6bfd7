# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: heartbeat
short_description: Install, change, upgrade and remove a daemon of the heartbeat
version_added: 0.2.0
description:
  - Brings a daemon of the heartbeat (C(heliostat-agent) on a node, C(heliostat-monitor) on a management server) with its configuration,
    its keys and its service to the task's host. Role P(heliostat.vdc.heartbeat#role) and the playbooks C(heartbeat_deploy),
    C(heartbeat_rotate_keys) and C(heartbeat_remove) use it in the order in which nobody is missed meanwhile.
  - Everything new is laid beside the old and checked by the new program (C(--check-config)) before it takes its place. The daemon is
    restarted when its program, its service or a setting that only a restart changes is new, and reloaded when other settings or keys are.
  - An agent gets keys derived of the master keys for its own number, a monitor the master keys. Key files have mode 0600. Neither keys nor
    passwords of fence agents are shown in plans, results, differences, messages or the journal.
  - What is declared is described in L(Heartbeat,https://heliostat.invalid/vdc/docs/heartbeat.md).
options:
  daemon:
    description: Which of the two.
    type: str
    choices: [agent, monitor]
    required: true
  state:
    description:
      - V(present) has it installed and running as declared.
      - V(absent) has it told to end (an agent says good-bye to the monitors first) and its service, files and keys removed. What a monitor
        remembers, its journal and the daemon's user stay.
    type: str
    choices: [present, absent]
    default: present
  binaries:
    description:
      - Folder on the controller with the programs, as M(heliostat.vdc.heartbeat_build) returns it. If not set, those on the host stay.
    type: path
  keys:
    description:
      - What becomes of the keys in C(heliostat_heartbeat_keys), of which the first is the newest.
      - V(accept) believes the newest besides those that the host has, and goes on sending with what it sends with.
      - V(use) sends with the newest and still believes the others that the host has.
      - V(only) has the newest alone. An older one is kept, with a warning, as long as O(ready) lacks a host that needs it.
    type: str
    choices: [accept, use, only]
    default: only
  ready:
    description:
      - Hosts of which this run knows that they are where a rotation needs them. For an agent, the monitors that accept the newest key,
        for a monitor, the nodes that use it.
      - Counts only where a host has an older key that could be dropped.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting
  - heliostat.vdc.repository
attributes:
  platform:
    platforms: [solaris, linux]
    details: Solaris 10 and 11 with SMF, Linux with systemd. The host needs sshd and C(/bin/sh), no Python.
seealso:
  - module: heliostat.vdc.heartbeat_build
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Build the daemons
  heliostat.vdc.heartbeat_build:
    source: "{{ role_path }}/files"
  delegate_to: build11
  register: built

- name: The agent of this node
  heliostat.vdc.heartbeat:
    daemon: agent
    binaries: "{{ built.binaries }}"

- name: Not any more
  heliostat.vdc.heartbeat:
    daemon: agent
    state: absent
"""

RETURN = r"""
plan:
  description: The steps, the same in check mode and in the run.
  returned: success
  type: list
  elements: dict
  sample:
    - object: heliostat-agent
      what: reload heliostat-agent
      why: its configuration or keys are new
      command: svcadm refresh svc:/application/heliostat/agent:default
before:
  description: Of the daemon its service's state, the numbers of its keys, checksums of its programs, its configuration.
  returned: success
  type: dict
after:
  description: The same now. In check mode as it would be.
  returned: success
  type: dict
keys:
  description: Numbers of the keys that the host has now (in check mode would have), the one it sends with first.
  returned: success
  type: list
  elements: int
  sample: [2, 1]
newest:
  description: Number of the newest key that is declared. 0 for O(state=absent).
  returned: success
  type: int
  sample: 2
journal:
  description: Number of the repository's journal entry of the daemon, where it was worked on. Empty in check mode.
  returned: success
  type: dict
failures:
  description: Message of what failed.
  returned: when something failed
  type: dict
"""
