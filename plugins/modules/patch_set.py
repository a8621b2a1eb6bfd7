# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_set
short_description: Choose patches of Solaris 10, keep them as a versioned set
version_added: 0.3.0
description:
  - A patch set is a list of patches in the order of installation, for SPARC or for x86. It is made by hand, by analysis of systems, or
    both, and kept in the configuration repository.
  - A version that is frozen never changes. Where another choice is made, the next version is made. The same patches are no change.
    The number of a version that was taken away is not given again.
  - Refused by name are patches that are withdrawn, for another release or architecture, not in the cross-reference, too young or without
    a date where there is a baseline, that do not go together, or that require what is not in the set (see O(add_requirements)).
  - Talks to nodes only to analyse them (O(nodes)). Nothing is installed.
options:
  name:
    description: Name of the set, without a colon, which stands before a version elsewhere.
    type: str
    required: true
  state:
    description:
      - V(present) makes the set of O(patches), and of what O(nodes) and O(files) lack. It can still change.
      - V(frozen) freezes what is chosen, or, where nothing is chosen, the latest version or O(version).
      - V(absent) takes O(version) away, or all versions. One that a target has or that was rolled out stays, with the reason.
    type: str
    choices: [present, frozen, absent]
    default: present
  version:
    description: Which version is frozen or taken away. The latest and all, if not given.
    type: int
  release:
    description: SPARC or x86. If not given, as the analysed systems are, or as the set was.
    type: str
    choices: ['10', 10_x86]
  patches:
    description: Patches by hand, such as C(119254-91), or C(119254) for the current revision.
    type: list
    elements: str
  nodes:
    description:
      - Nodes to analyse, by name or by group of the inventory. They are asked now. The set has what any of them lacks.
      - A node that does not answer fails the task; the set would lack what only it needs.
    type: list
    elements: str
  files:
    description:
      - Folders on the controller, each with what one system said, to analyse like O(nodes).
      - Either C(uname.out) (C(uname -a)), C(pkginfo.out) (C(pkginfo -x)) and C(showrev.out) (C(showrev -p)), or an Explorer's folder.
    type: list
    elements: path
  analysis:
    description: Which of the patches that the systems lack are taken. M(heliostat.vdc.patch_analysis) lists them with the same words.
    type: dict
    default: {}
    suboptions:
      wanted:
        description: Groups such as V(missing), V(missingr), V(missings) or V(missingrs), or patches, with or without revision.
        type: list
        elements: str
        default: [missingrs]
      minimum_age:
        description: Days since its release that a patch has at least. Not for what others require.
        type: int
      maximum_age:
        description: Days since its release that a patch has at most. Not for what others require.
        type: int
      pattern:
        description: Regular expression that the synopsis matches. With a leading C(!) it does not.
        type: str
        default: ''
      ignore:
        description: Patches, with or without revision, or regular expressions of a synopsis, that are left out.
        type: list
        elements: str
        default: []
      stop:
        description: Nothing that comes after one of these patches is taken.
        type: list
        elements: str
        default: []
      recommended:
        description: Patches that count as recommended here.
        type: list
        elements: str
        default: []
      security:
        description: Patches that count as security patches here.
        type: list
        elements: str
        default: []
      minimal:
        description: Stay at the highest revision that is itself flagged as recommended.
        type: bool
        default: false
      without_reboot:
        description: Only patches whose archives say that they need no reboot.
        type: bool
        default: false
  baseline:
    description:
      - A date such as V(2026-01-31). No patch is let in that is younger. Today, where only O(older_than) is given.
      - Of each patch the highest revision of that age is taken. What only a younger patch made obsolete is not obsolete then.
    type: str
  older_than:
    description: Days that a patch is old at least on O(baseline).
    type: int
  add_requirements:
    description:
      - Add what patches of the set require and the set lacks. Otherwise that is refused by name.
      - What every analysed system has, or where it changes no package, need not be in the set.
    type: bool
    default: false
  reference:
    description: The cross-reference to use, by the beginning of its digest. The newest of the repository, if not given.
    type: str
  description:
    description: What the set is for.
    type: str
  compared_to:
    description: Version that RV(difference) starts from, which has to be there before. The one that was the latest before, if not given.
    type: int
attributes:
  check_mode:
    support: full
    details: Returns exactly the set that would be made. Nodes are asked, nothing is recorded.
  diff_mode:
    support: full
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
  - module: heliostat.vdc.patch_target
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: What a node lacks of recommended and security patches that were out for three months, with what they require
  heliostat.vdc.patch_set:
    name: base
    nodes: [t4a]
    older_than: 90
    add_requirements: true

- name: Freeze it, so that it can be a target's
  heliostat.vdc.patch_set:
    name: base
    state: frozen

- name: A set by hand
  heliostat.vdc.patch_set:
    name: patch-utilities
    release: '10'
    patches: ['119254']
    add_requirements: true
"""

RETURN = r"""
set:
  description:
    - The version that was made, frozen or found, or the latest that is left. Empty where none is. Its C(patches) are in the order of
      installation.
  returned: success
  type: dict
  contains:
    name:
      description: Name of the set.
      type: str
    version:
      description: The version.
      type: int
    release:
      description: V(10) or V(10_x86).
      type: str
    frozen:
      description: Whether it stays as it is.
      type: bool
    baseline:
      description: The last day of release that was let in. Null where age did not matter.
      type: str
    reference:
      description: Digest of the cross-reference that it was made with.
      type: str
    description:
      description: What it is for.
      type: str
    patches:
      description: For each C(patch), C(released), C(recommended), C(security) and C(synopsis).
      type: list
      elements: dict
difference:
  description: C(from) this version on, what was C(added) and C(removed), and which revisions were C(raised) or C(lowered), old to new.
  returned: success
  type: dict
requirements:
  description: Patches that were added because another one requires them, with that one.
  returned: success
  type: dict
left_out:
  description: Patches that analysis listed and that are not in the set, with the reason.
  returned: success
  type: dict
since:
  description:
    - What the newest cross-reference says of the set's patches, be it frozen. C(withdrawn) and C(obsoleted), with what is in their
      place, C(newer) revisions, and those that are C(unknown) there. The first two are warnings too.
  returned: success
  type: dict
"""
