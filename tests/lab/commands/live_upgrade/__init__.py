# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live Upgrade of Solaris 10, for machines that boot from ZFS.

Layouts and texts: a recorded session (lustatus, lucurr, lucreate, luupgrade -t, lumount, luactivate, /etc/lutab), a recorded ludelete, the
manual pages. Of refusals only the conditions are known (manual pages): they are "not simulated" and change nothing. So are luactivate and
ludelete of x86 machines, which tell of GRUB menus, zones whose roots are not in the root file system, and Live Upgrade patches below
121430-34 (121431 on x86), the least that the recorded session names. What luupgrade says after patches that all went in was not recorded:
it says nothing, with exit code 0.
"""
