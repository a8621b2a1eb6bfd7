# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real Linux hosts for tests: systemd in containers (systemd-nspawn), each in a network namespace of its own, behind real ssh.

Root on Debian, with systemd-container and mmdebstrap; 60 s for the first, whose root is kept in /var/cache, 2 s for the next ones.
"""
