# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What waits for what, and why it is refused: web needs app and cache, app needs db."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.chain import Seen, check_unneeded, waits_for
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.dependencies import Dependencies
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused

GRAPH = Dependencies({"web": ("app", "cache"), "app": ("db",)})


def seen(**states: str) -> dict[str, Seen]:
    return {name: Seen(f"node-of-{name}", state) for name, state in states.items()}


@pytest.mark.parametrize(
    ("name", "wanted", "now", "after"),
    [
        ("db", {"db": "running"}, {}, ()),
        ("app", {"app": "running"}, {"db": "running"}, ()),
        ("app", {"app": "running", "db": "running"}, {"db": "installed"}, ("db",)),
        ("web", {"web": "running", "app": "running"}, {"app": "installed", "cache": "running"}, ("app",)),
        ("web", {"web": "running", "app": "running", "cache": "running"}, {}, ("app", "cache")),
        ("web", {"web": "halted"}, {}, ()),
        ("db", {"db": "halted"}, {"app": "installed", "web": "running"}, ()),
        ("db", {"db": "halted"}, {"app": "absent"}, ()),
        ("db", {"db": "halted", "app": "halted"}, {"app": "running"}, ("app",)),
        ("db", {"db": "detached", "app": "absent"}, {"app": "running"}, ("app",)),
        ("app", {"app": "installed"}, {"db": "installed", "web": "running"}, ()),
        ("app", {"app": "defined"}, {}, ()),
    ],
)
def test_who_comes_first(name: str, wanted: dict, now: dict, after: tuple[str, ...]) -> None:
    assert waits_for(name, wanted, GRAPH, seen(**now)) == after


@pytest.mark.parametrize(
    ("name", "wanted", "now", "shown"),
    [
        ("app", {"app": "running"}, {"db": "installed"}, "vServer app needs db (on node node-of-db: installed). It is not booted"),
        ("app", {"app": "running"}, {"db": ""}, "needs db (on node node-of-db: unknown, the node does not answer)"),
        ("app", {"app": "running"}, {}, "needs db (on node none: absent)"),
        ("app", {"app": "running", "db": "halted"}, {"db": "shutting_down"}, "needs db (on node node-of-db: shutting_down)"),
        (
            "web",
            {"web": "running"},
            {"app": "installed", "db": "down", "cache": "running"},
            "needs app (on node node-of-app: installed), which needs db (on node node-of-db: down). It is not booted before",
        ),
        ("web", {"web": "running"}, {"app": "installed", "db": "running"}, "needs app (on node node-of-app: installed). It is not booted"),
        ("db", {"db": "halted"}, {"app": "running"}, "vServer db is needed by app (on node node-of-app: running). It is not stopped"),
        ("db", {"db": "absent"}, {"app": "ready"}, "is needed by app (on node node-of-app: ready)"),
        ("db", {"db": "halted"}, {"app": ""}, "is needed by app (on node node-of-app: unknown, the node does not answer)"),
        (
            "db",
            {"db": "detached"},
            {"app": "running", "web": "running"},
            "needed by app (on node node-of-app: running), which is needed by web (on node node-of-web: running)",
        ),
    ],
)
def test_what_is_refused_shows_the_chain(name: str, wanted: dict, now: dict, shown: str) -> None:
    with pytest.raises(Refused) as refused:
        waits_for(name, wanted, GRAPH, seen(**now))
    assert shown in str(refused.value)


@pytest.mark.parametrize(
    ("name", "wanted", "forgotten", "free"),
    [
        ("web", {"web"}, {"web"}, True),
        ("db", {"db"}, set(), False),
        ("db", {"db", "app"}, set(), True),  # app is stopped or goes too
        ("db", {"db", "app"}, {"db"}, False),  # the repository could not keep what app depends on
        ("db", {"db", "app"}, {"db", "app"}, True),
        ("app", {"app", "db"}, {"app"}, False),
    ],
)
def test_what_others_depend_on_is_not_removed(name: str, wanted: set, forgotten: set, free: bool) -> None:
    if free:
        return check_unneeded(name, wanted, GRAPH, seen(app="installed", web="installed"), forgotten)
    with pytest.raises(Refused, match="It is not removed while others depend on it: take it out of depends_on of"):
        check_unneeded(name, wanted, GRAPH, seen(app="installed", web="installed"), forgotten)
    return None
