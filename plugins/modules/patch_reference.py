# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_reference
short_description: Import Oracle's cross-reference of patches and read a patch depot
version_added: 0.1.0
description:
  - Patches of Solaris 10 are analysed by a cross-reference, C(patchdiag.xref). This module reads one from a file of the controller and
    keeps it in the repository, the file itself included. Nothing is fetched. All references are kept; the newest by the date in its
    head is the default, and of two of one day the one with more revisions.
  - A line that cannot be read is counted and shown, never guessed at. A file without the head of a cross-reference is refused.
  - Of a patch depot it keeps which patches are there, whether each can be used, and how each goes in, as C(patchinfo) or the README
    in it says. A depot is a folder with files C(ID.zip), C(ID.jar), C(ID.tar), C(ID.tar.gz), C(ID.tgz), C(ID.tar.Z) or with unpacked
    folders C(ID), such as C(119254-42).
  - Every archive is read as a whole and its content checked. A depot of 10 GB takes some minutes. In C(ID.tar) and C(ID.tar.Z) only the
    names of files have checksums, so damage inside of one is known by O(checksums) alone. C(ID.tar.Z) is read by C(gzip) of the
    controller.
  - C(ID.jar) is a signed patch. Its signature is not verified, which is warned of.
  - Nodes install from unpacked folders only (C(heliostat_patch_depot) of M(heliostat.vdc.patch_install)).
  - Without O(file) and O(depot) it shows what is kept.
options:
  state:
    description:
      - V(present) keeps O(file) and what O(depot) has.
      - V(absent) forgets the reference O(digest). That is refused while a patch set was made with it.
    type: str
    choices: [present, absent]
    default: present
  file:
    description: A file C(patchdiag.xref) on the controller, of any age.
    type: path
  digest:
    description: The first digits of a reference's digest, for O(state=absent).
    type: str
  depot:
    description: A folder with patches on the controller. What the repository knew of this folder and is not there any more is forgotten.
    type: path
  checksums:
    description:
      - A file with checksums of the archives, Oracle's C(CHECKSUMS) or a list as C(sha256sum), C(md5sum) or C(digest -v) prints it.
      - Without it, a file C(CHECKSUMS) or C(checksums) in the depot is taken.
      - An archive of which it says nothing is taken as it is. Oracle's list knows not all archives, and Oracle has exchanged the README
        in some of them since.
    type: path
  warn_after:
    description: Days. A warning is given when the newest reference is older.
    type: int
    default: 90
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.controller
  - heliostat.vdc.repository
seealso:
  - module: heliostat.vdc.repository_info
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Import a cross-reference
  heliostat.vdc.patch_reference:
    file: /srv/patches/patchdiag.xref
  run_once: true

- name: Read the depot, with checksums
  heliostat.vdc.patch_reference:
    depot: /srv/patches/depot
    checksums: /srv/patches/CHECKSUMS
  run_once: true

- name: What is known of patches
  heliostat.vdc.patch_reference:
  run_once: true
  register: known
"""

RETURN = r"""
reference:
  description: What O(file) is, or with O(state=absent) what was forgotten.
  returned: with O(file) and with O(state=absent)
  type: dict
  contains:
    digest:
      description: The SHA-256 of the file, by which it is named.
      type: str
    as_of:
      description: The date in the file's head.
      type: str
      sample: "2012-06-01"
    file:
      description: The file's name.
      type: str
    imported:
      description: When it was imported, '' in the run that imports it.
      type: str
    revisions:
      description: Revisions of patches in it.
      type: int
    recommended:
      description: Those that are recommended.
      type: int
    security:
      description: Those that are for security.
      type: int
    withdrawn:
      description: Those that were withdrawn.
      type: int
    malformed:
      description: Lines that could not be read.
      type: int
malformed:
  description: The first 200 lines that could not be read, each with C(line), its number, C(why) and C(text).
  returned: with O(file)
  type: list
  elements: dict
default:
  description: The reference that is used when nothing else is said, as RV(reference). Empty when none is kept.
  returned: with O(state=present)
  type: dict
references:
  description: All that are kept, the newest first, as RV(reference).
  returned: with O(state=present)
  type: list
  elements: dict
archives:
  description:
    - C(known) is how many patches the depot has. C(news) are those that the repository did not know so, C(gone) those that were there
      before.
    - C(problems) says of which patches the archive cannot be used, and why. Of those in C(unknown) it is not known how they go in, so each
      counts as one for single user with a reboot. They have no patchinfo, and a README that speaks of a boot in words that are not known,
      or none. C(others) are names that are no patch's.
  returned: with O(depot)
  type: dict
  sample:
    known: 2
    news: [119254-42]
    gone: []
    problems: {119254-42: "119254-42.zip: it is damaged: File is not a zip file"}
    unknown: []
    others: []
"""
