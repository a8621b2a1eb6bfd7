# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx settings of the generated reference (docs/build.sh). No page of another site is looked up: it builds without a network."""

from __future__ import annotations

project = "heliostat.vdc"
project_copyright = "2026 the heliostat.vdc contributors"
html_title = "heliostat.vdc"
html_theme = "alabaster"
html_show_sphinx = False
html_use_index = False
html_copy_source = False
extensions = ["sphinx_antsibull_ext"]
pygments_style = "ansible"
highlight_language = "YAML+Jinja"
default_role = "any"
suppress_warnings = ["ref.ref"]  # labels of Ansible's own documentation
