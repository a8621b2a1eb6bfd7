# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module's documentation, with its fragments, says the options that its action plugin takes, and its examples use no others."""

from __future__ import annotations

import copy
import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

PLUGINS = "ansible_collections.heliostat.vdc.plugins"
MODULES = sorted(path.stem for path in (Path(__file__).resolve().parents[2] / "plugins" / "modules").glob("[a-z]*.py"))
#: What a word of an option is where it is not said.
UNSAID: dict[str, Any] = {
    "type": "str", "elements": None, "choices": None, "default": None, "required": False, "aliases": [], "options": None,
}  # fmt: skip
#: Words that only the documentation has.
TOLD = {"description", "version_added"}


def documented(module: str) -> dict[str, Any]:
    """The options of its documentation and of the fragments that it extends."""
    text = yaml.safe_load(importlib.import_module(f"{PLUGINS}.modules.{module}").DOCUMENTATION)
    options = dict(text.get("options", {}))
    for name in text["extends_documentation_fragment"]:
        if not name.startswith("heliostat.vdc."):
            continue
        file, _dot, part = name.removeprefix("heliostat.vdc.").partition(".")
        fragment = importlib.import_module(f"{PLUGINS}.doc_fragments.{file}").ModuleDocFragment
        found = yaml.safe_load(getattr(fragment, part.upper() or "DOCUMENTATION")).get("options", {})
        assert not options.keys() & found.keys(), f"{name} says again what the module says"
        options |= found
    return options


def taken(module: str) -> dict[str, Any]:
    """The options of its action plugin, as they are validated."""
    action = importlib.import_module(f"{PLUGINS}.action.{module}").ActionModule
    return importlib.import_module(f"{PLUGINS}.plugin_utils.controller.action").COMMON | action.OPTIONS


def whole(options: dict[str, Any]) -> dict[str, Any]:
    """Every option with every word, in one spelling."""
    found = {}
    for name, said in options.items():
        entry = {"options" if word == "suboptions" else word: value for word, value in said.items()}
        unknown = entry.keys() - UNSAID.keys() - TOLD
        assert not unknown, f"{name}: {unknown} is not compared"
        words = UNSAID | {word: value for word, value in entry.items() if word in UNSAID}
        words["choices"] = words["choices"] and list(words["choices"])
        words["options"] = words["options"] and whole(words["options"])
        found[name] = words
    return found


@pytest.mark.parametrize("module", MODULES)
def test_documentation_and_action_say_the_same_options(module: str) -> None:
    assert whole(documented(module)) == whole(taken(module))


@pytest.mark.parametrize("module", MODULES)
def test_every_example_is_taken(module: str) -> None:
    """Templates stand for any value, so they are left out of the check of types."""
    full = f"heliostat.vdc.{module}"
    tasks = [task for task in yaml.safe_load(importlib.import_module(f"{PLUGINS}.modules.{module}").EXAMPLES) if full in task]
    assert tasks
    for task in tasks:
        given = task[full] or {}
        assert given.keys() <= taken(module).keys(), task["name"]
        plain = {name: value for name, value in given.items() if "{{" not in str(value)}
        spec = {name: {**entry, "required": False} for name, entry in taken(module).items()}
        assert ArgumentSpecValidator(spec).validate(plain).error_messages == [], task["name"]


@pytest.mark.parametrize(
    ("word", "value"), [("type", "int"), ("default", "x"), ("required", True), ("choices", ["a"]), ("elements", "int"), ("aliases", ["n"])]
)
def test_a_difference_is_seen(word: str, value: object) -> None:
    said = documented("vservers")
    other = copy.deepcopy(said)
    other["names"][word] = value
    assert whole(other) != whole(said)
    assert whole({**said, "more": {}}) != whole(said)
