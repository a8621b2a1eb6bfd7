#!/bin/sh
# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Writes the reference of every module, role and plugin from the collection's own documentation: docs/generated (rst), docs/build (html).
set -eu

cd "$(dirname "$0")"
rm -rf generated build
mkdir generated
antsibull-docs sphinx-init --use-current --squash-hierarchy --lenient --sphinx-theme alabaster --project heliostat.vdc --dest-dir generated heliostat.vdc
mkdir generated/rst/collections
antsibull-docs --config-file generated/antsibull-docs.cfg collection --use-current --squash-hierarchy --cleanup similar-files \
    --dest-dir generated/rst heliostat.vdc
sphinx-build -q -j auto -b html -c generated generated/rst build
echo "The reference is docs/build/index.html"
