# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``heartbeat_key``: what the daemons derive of a master key, reckoned where the keys are handed out."""

from __future__ import annotations

DOCUMENTATION = r"""
name: heartbeat_key
short_description: Derive a heartbeat key of a master key
version_added: 0.2.0
author: heliostat.vdc contributors
description:
  - Derives the key that one node, or the monitors among each other, seal their packets with.
  - A node's key file holds keys derived for that node alone, so that a node that is broken into can speak for none but itself.
    The monitors hold the master keys and derive the same.
  - The derived key is HMAC-SHA-256 under the master key, of C(heliostat node) and the node's number in four bytes, or of
    C(heliostat monitors).
positional: _input, of
options:
  _input:
    description: The master key, 64 hexadecimal digits. All zeros is refused.
    type: str
    required: true
  of:
    description: The number of a node, from 1 to 4294967295, or V(monitors).
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Keys of one node, the newest first
  ansible.builtin.copy:
    dest: /etc/heliostat/agent.keys
    content: |
      {% for key in heartbeat_masters %}
      key {{ key.id }} {{ key.secret | heliostat.vdc.heartbeat_key(heartbeat_id) }}
      {% endfor %}
    owner: root
    mode: "0600"
  no_log: true
"""

RETURN = r"""
_value:
  description: The derived key, 64 hexadecimal digits in lower case.
  type: str
"""

import hashlib
import hmac
import re

from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.text.converters import to_text

MONITORS = "monitors"
HIGHEST_NODE = 2**32 - 1


def _message(of: object) -> bytes:
    if of == MONITORS:
        return b"heliostat monitors"
    number = int(of) if isinstance(of, str) and re.fullmatch(r"[0-9]{1,10}", of) else of
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= HIGHEST_NODE:
        raise AnsibleFilterError(f"heartbeat_key: {of!r} is neither the number of a node, from 1 to {HIGHEST_NODE}, nor '{MONITORS}'")
    return b"heliostat node" + number.to_bytes(4, "big")


def heartbeat_key(master: object, of: object) -> str:
    """Derived key in hexadecimal digits, as the daemons' ``seal_node_key`` and ``seal_monitors_key`` do. No error shows the master."""
    digits = to_text(master)  # what comes out of a vault is no str in every ansible-core
    if not re.fullmatch(r"[0-9A-Fa-f]{64}", digits):
        raise AnsibleFilterError("heartbeat_key: a master key is 64 hexadecimal digits")
    secret = bytes.fromhex(digits)
    if not any(secret):
        raise AnsibleFilterError("heartbeat_key: a master key of zeros is one that nobody drew")
    return hmac.new(secret, _message(of), hashlib.sha256).hexdigest()


class FilterModule:
    """Ansible's entry to the filter."""

    def filters(self) -> dict[str, object]:
        return {"heartbeat_key": heartbeat_key}
