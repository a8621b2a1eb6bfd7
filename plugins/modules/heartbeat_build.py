# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: heartbeat_build
short_description: Build the daemons of the heartbeat for a platform
version_added: 0.2.0
description:
  - Sends the sources to the task's host (a build host, with a compiler), builds them there and fetches the programs to a cache on the
    controller. The host keeps nothing.
  - The cache is asked by the checksum of the sources, the platform (on Solaris with its release), what the compiler says of itself and the
    flags. What is there already is not built again.
  - Works as the login user, whatever C(become) says.
options:
  source:
    description: Folder on the controller with the sources, the C(files) of role P(heliostat.vdc.heartbeat#role).
    type: path
    required: true
  cache:
    description: Folder on the controller.
    type: path
    default: ~/.heliostat/heartbeat
  cc:
    description: The C compiler, gcc, clang or Studio 12.6, with options if need be. It must know C11.
    type: str
    default: cc
  cflags:
    description: Further flags. If not set, what the makefile says.
    type: str
    default: ''
  make:
    description: The make program. Solaris 10 has its own in C(/usr/ccs/bin/make).
    type: str
    default: make
  sha256:
    description: Where SHA-256 comes from. If not set, libmd on Solaris 10, libcrypto elsewhere.
    type: str
    choices: ['', libcrypto, libmd]
    default: ''
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting
  - heliostat.vdc.repository
attributes:
  diff_mode:
    support: none
  platform:
    platforms: [solaris, linux]
    details: The build host needs sshd, C(/bin/sh), tar, make and a compiler, no Python.
seealso:
  - module: heliostat.vdc.heartbeat
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Build for Solaris 10
  heliostat.vdc.heartbeat_build:
    source: "{{ role_path }}/files"
    cc: gcc
    make: /usr/ccs/bin/make
  delegate_to: build10
  register: built
"""

RETURN = r"""
binaries:
  description: Folder on the controller with the programs. In check mode the one that they would be in.
  returned: success
  type: str
  sample: /srv/ansible/.heliostat/heartbeat/solaris-5.11-sparc-0f3a6c1d9b7e4c52a8d1e6f0b3c4d5e6
platform:
  description: What the build host is.
  returned: success
  type: str
  sample: solaris-5.11-sparc
plan:
  description: The steps on the build host, empty where the cache has the programs. The same in check mode and in the run.
  returned: success
  type: list
  elements: dict
failures:
  description: Message of what failed.
  returned: when something failed
  type: dict
"""
