# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every export of real zonecfg builds is read, equals itself, and what is rendered from it is the same zone."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zonecfg

from .samples import corpus


def exports() -> list[Any]:
    folder = corpus()
    if folder is None or not (folder / "zonecfg" / "verdicts.yml").is_file():
        return [pytest.param("", marks=pytest.mark.skip(reason="no corpus"))]
    cases = yaml.safe_load((folder / "zonecfg" / "verdicts.yml").read_text(encoding="utf-8"))["cases"]
    return [
        pytest.param(text, id=f"{case['id']}-{key.removeprefix('export_')}")
        for case in cases
        for key, text in case.items()
        if key.startswith("export_")
    ]


@pytest.mark.parametrize("text", exports())
def test_export_is_read_and_rendered_alike(text: str) -> None:
    found = zonecfg.parse_export(text)
    assert zonecfg.differences(found, found) == ()
    again = zonecfg.parse_export(zonecfg.render(found))
    assert zonecfg.differences(found, again) == ()
    assert zonecfg.differences(again, found) == ()
