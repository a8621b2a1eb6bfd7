# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The proof (docs/how-a-node-is-judged.md, "What was proven, and of what"). prove-long takes an hour and up to MEMORY MiB.

.PHONY: prove prove-long
prove: ; @./model/prove short
prove-long: ; @./model/prove long

CI += prove
