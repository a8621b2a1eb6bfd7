# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""patch_install with what cannot be: each is refused with what was given and what to do, before the node is touched."""

from __future__ import annotations

from typing import Any

from .world import World

GIVEN: list[tuple[dict[str, Any], str]] = [
    ({"patches": ["120001-02"], "depot": "patches"}, "is no absolute path of a folder on the node"),
    ({"patches": ["120001-02"], "depot": "/a b"}, "is no absolute path of a folder on the node"),
    ({"patches": ["120001"], "depot": "/d"}, "'120001' is no patch id such as 119254-42"),
    ({"patches": ["120001-02; reboot"], "depot": "/d"}, "is no patch id"),
    ({"patches": ["120001-02", "120001-03"], "depot": "/d"}, "120001 is named more than once"),
    ({"patches": ["120001-02"], "depot": "/d", "zones_at_once": -1}, "zones_at_once: -1 is less than 0"),
    ({"patches": ["120001-02"], "depot": "/d", "single_user_deadline": 0}, "single_user_deadline: 0 seconds are none"),
    ({"patches": ["120001-02"], "state": "absent", "reboot_deadline": 0}, "reboot_deadline: 0 seconds are none"),
    ({"patches": ["120001-02"], "depot": "/d", "console": "reachable"}, "is not unpacked in its depot /d"),
    ({"sets": ["winter"], "depot": "/d"}, "there is no patch set winter"),
    ({"sets": ["winter:x"], "depot": "/d"}, "is neither a patch set's name nor name:version"),
    ({"target": "march", "depot": "/d"}, "there is no patch target march"),
    ({"patches": [], "depot": "/d"}, "patches is an empty list: say what is meant"),
    ({"sets": [], "depot": "/d"}, "sets is an empty list: say what is meant"),
    ({"patches": [], "state": "absent"}, "patches is an empty list: say what is meant"),
    ({"depot": "/d"}, "one of the following is required"),
    ({"patches": ["120001-02"], "target": "march", "depot": "/d"}, "mutually exclusive"),
]


def test_what_is_refused(world: World) -> None:
    rows = world.many("t4a", [("patch_install", args) for args, _said in GIVEN])
    for row, (args, said) in zip(rows, GIVEN, strict=True):
        assert row.status == "failed", args
        assert said in row.message, args
    (other,) = world.many("t8a", [("patch_install", {"patches": ["120001-02"], "depot": "/d"})])
    assert "node t8a does not run Solaris 10" in other.message
    assert not world.since(world.began, "patchadd")
    with world.repository() as repository:
        assert repository.node("t4a").maintenance is False
        assert repository.locks() == []
