# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_analysis
short_description: Show which patches Solaris 10 systems lack
version_added: 0.3.0
description:
  - Asks nodes for C(uname -a), C(pkginfo -x) and C(showrev -p), all in parallel and each in one round trip, or reads what was saved of
    systems. Compares that with a cross-reference of patches (C(patchdiag.xref)) and lists patches in the order in which they go in.
    Nothing is changed and nothing is recorded, with C(--check) and without.
  - A patch is missing where the installed revision is lower than the current one, which is neither obsolete nor withdrawn, and where it
    changes a package in exactly the version and architecture that the system has. What it requires is listed before it.
  - A patch that conflicts with one that is installed, or with one listed before it, is listed and refused, with both names. So is what
    requires it.
  - A node that does not answer is in RV(unknown), never one that lacks nothing.
  - C(docs/patch-analysis.md) has the rules, and where they differ from those of PCA.
options:
  nodes:
    description: Hosts or groups of the inventory. They are asked now.
    type: list
    elements: str
    default: []
  files:
    description:
      - Folders on the controller, each with what one system said. The folder's name is the system's name in the result.
      - Either C(uname.out) (C(uname -a)), C(pkginfo.out) (C(pkginfo -x)) and C(showrev.out) (C(showrev -p)), or an Explorer's folder.
    type: list
    elements: path
    default: []
  sets:
    description:
      - Patch sets of the repository, C(name) for the highest version, frozen or not, or C(name:version). For each, every system is told
        what it is due of it.
      - A dictionary with C(name) and C(version), as M(heliostat.vdc.patch_target) has it, means the same.
    type: list
    elements: raw
    default: []
  wanted:
    description:
      - Groups V(missing), V(installed), V(all) (both), V(total) (all of the reference), V(unbundled) (those of no package) and V(bad)
        (installed and withdrawn). With V(r), V(s) or V(rs) behind it only recommended patches, security patches, or either. The first
        letter will do, as in V(mrs).
      - Or patches. C(119254) is listed with what it requires, C(119254-91) alone.
    type: list
    elements: str
    default: [missing]
  minimum_age:
    description: Days since its release that a patch has at least. Not for what others require, nor for what is named.
    type: int
  maximum_age:
    description: Days since its release that a patch has at most. Not for what others require, nor for what is named.
    type: int
  at:
    description: The day to which ages are counted, such as V(2026-01-31). Today, if not given.
    type: str
  pattern:
    description: Regular expression that the synopsis matches. With a leading C(!) it does not.
    type: str
    default: ''
  ignore:
    description: Patches, with or without revision, or regular expressions of a synopsis, that are left out, even where others require them.
    type: list
    elements: str
    default: []
  stop:
    description: Nothing that comes after one of these patches is listed.
    type: list
    elements: str
    default: []
  recommended:
    description: Numbers that count as recommended here.
    type: list
    elements: str
    default: []
  security:
    description: Numbers that count as security patches here.
    type: list
    elements: str
    default: []
  requirements:
    description: List what patches require.
    type: bool
    default: true
  minimal:
    description: Of what is recommended, stay at the highest revision that is itself flagged so.
    type: bool
    default: false
  without_reboot:
    description: Refuse what is not known, by the archives that M(heliostat.vdc.patch_reference) read, to do without a reboot.
    type: bool
    default: false
  reference:
    description: The cross-reference to use, by the beginning of its digest. The newest of the repository, if not given.
    type: str
  reference_file:
    description: A cross-reference on the controller to use instead. Without O(sets) no repository is needed then.
    type: path
  details:
    description: Return every listed patch of every system. Without, a result about hundreds of systems is much smaller.
    type: bool
    default: true
  show:
    description: What is printed. V(patches) has a line for every patch of every system.
    type: str
    choices: [systems, patches, nothing]
    default: systems
attributes:
  check_mode:
    support: full
    details: Nothing is ever changed.
  diff_mode:
    support: full
    details: There is never a difference.
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  platform:
    platforms: solaris
    details: Solaris 10. The node needs sshd and C(/bin/sh), no Python.
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.repository
seealso:
  - module: heliostat.vdc.patch_reference
  - module: heliostat.vdc.patch_set
  - module: heliostat.vdc.patch_info
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: What a node lacks of recommended and security patches that were out for thirty days
  heliostat.vdc.patch_analysis:
    nodes: [t4a]
    wanted: [missingrs]
    minimum_age: 30
    reference_file: /srv/patches/patchdiag.xref
  register: analysed

- name: How many
  ansible.builtin.debug:
    msg: "{{ analysed.systems.t4a.counts.missing }} patches, {{ analysed.systems.t4a.counts.security }} of them for security"

- name: Withdrawn patches that are installed on a system whose answers were saved, each with a line
  heliostat.vdc.patch_analysis:
    files: [/srv/patches/db01]
    wanted: [bad]
    reference_file: /srv/patches/patchdiag.xref
    show: patches
"""

RETURN = r"""
reference:
  description: The date of the cross-reference.
  returned: always
  type: str
at:
  description: The day to which ages are counted.
  returned: always
  type: str
wanted:
  description: What was listed.
  returned: always
  type: list
  elements: str
systems:
  description: Each system that answered.
  returned: always
  type: dict
  contains:
    counts:
      description: Installed patches, listed and missing ones; of those that are missing the recommended, security and refused ones; and the
        installed ones that are withdrawn or not in the reference.
      type: dict
      returned: always
    patches:
      description: The listed patches in the order in which they go in, each with where it stands, what is installed, its flags and age, who
        required it, doubts, and why it is refused.
      type: list
      elements: dict
      returned: with O(details)
    install:
      description: What is missing and not refused, in order.
      type: list
      elements: str
      returned: always
    rings:
      description: Numbers that require each other.
      type: list
      elements: list
      returned: always
    withdrawn:
      description: Patches that are installed and withdrawn, and whose work no other installed patch does.
      type: list
      elements: str
      returned: always
    unlisted:
      description: Installed patches that the reference does not know, or only in lower revisions.
      type: list
      elements: str
      returned: always
    foreign:
      description: Installed patches of other makers.
      type: list
      elements: str
      returned: always
unknown:
  description: Each system that did not answer, or not so that it could be read, with the reason.
  returned: always
  type: dict
groups:
  description: Each inventory group of O(nodes), with its systems, those that lack nothing, those of which nothing is known, and patch by
    patch which of them lack it.
  returned: always
  type: dict
sets:
  description: Each patch set of O(sets), with what each system is due of it as M(heliostat.vdc.patch_target) tells it.
  returned: always
  type: dict
"""
