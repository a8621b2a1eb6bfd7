# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pfexec
short_description: Work under RBAC profiles, without root
version_added: 0.1.0
description:
  - Runs our commands in a profile shell, so that each of them gets exactly what the login user's RBAC profiles grant it.
  - This is the least privilege that Solaris offers. C(pfexec sh) is not used, because a profile that names commands does not
    name C(sh), and a shell under a catch-all profile is root.
options:
  become_user:
    description: Ignored. The profiles say as whom each command runs.
    default: root
    type: string
    vars:
      - name: ansible_become_user
      - name: ansible_pfexec_user
  become_exe:
    description: The profile shell of the Bourne kind.
    default: pfsh
    type: string
    vars:
      - name: ansible_become_exe
      - name: ansible_pfexec_exe
  become_flags:
    description: Options for the profile shell.
    default: ""
    type: string
    vars:
      - name: ansible_become_flags
      - name: ansible_pfexec_flags
  become_pass:
    description: Ignored. Profiles ask for no password.
    type: string
    vars:
      - name: ansible_become_password
      - name: ansible_become_pass
author:
  - heliostat.vdc maintainers (@heliostat)
"""

from ansible.plugins.become import BecomeBase


class BecomeModule(BecomeBase):
    name = "heliostat.vdc.pfexec"

    def build_become_command(self, cmd, shell):
        super().build_become_command(cmd, shell)
        if not cmd:
            return cmd
        executable = self.get_option("become_exe") or "pfsh"
        flags = self.get_option("become_flags") or ""
        # The script comes on standard input: the shell that reads it must be the profile shell itself.
        # Jobs outlive it and need to know it too: Solaris 10's profile shells do not hand their rights to a plain sh.
        inner = f"HELIOSTAT_SHELL={executable}; export HELIOSTAT_SHELL; {executable}" if cmd.strip() == "/bin/sh" else cmd
        words = (executable, flags, "-c", self._build_success_command(inner, shell, noexe=True))
        return " ".join(word for word in words if word)
