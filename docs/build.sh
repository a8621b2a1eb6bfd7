#!/bin/sh
# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Writes the reference of every module, role and plugin from the collection's own documentation: docs/generated (rst), docs/build (html).
set -eu

cd "$(dirname "$0")"
rm -rf generated build
mkdir -m 755 generated
antsibull-docs collection --use-current --squash-hierarchy --cleanup everything --fail-on-error --dest-dir generated heliostat.vdc
sphinx-build -q -W --keep-going -b html -c . generated build
echo "The reference is docs/build/index.html"
