# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One file a group of samples: ``parsed(command, os, text)`` hands the text to the product's parser.

What it gives back is written in the words of the samples' ``expect``, for the whole group and not for one sample:
None for a command no parser covers, a ParseError passed on for a loud refusal.
"""
