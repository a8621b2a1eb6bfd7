# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services that somebody imported from a manifest, as the truth keeps them; and the manifest itself, read.

Elements, their order and attributes: service_bundle.dtd.1 (2009). What of it the lab's startd does not play is "not simulated".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree


@dataclass
class Method:
    """A start, stop or refresh method; ``timeout`` in seconds, 0 for none."""

    command: str
    timeout: int
    folder: str = "/"
    environment: dict[str, str] = field(default_factory=dict)


@dataclass
class Dependency:
    """Of a service on others; as a dependent of another service's manifest ``fmris`` has the one that waits."""

    name: str
    grouping: str
    restart_on: str
    fmris: list[str]


@dataclass
class Definition:
    """What a manifest says of one service with its default instance."""

    title: str = ""
    enabled: bool = False  # the new instance
    duration: str = "contract"  # or transient: nothing is left running
    ignored: list[str] = field(default_factory=list)  # of core and signal: a process that ends so is the service's own business
    methods: dict[str, Method] = field(default_factory=dict)
    dependencies: list[Dependency] = field(default_factory=list)
    dependents: list[Dependency] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)  # names of dependents that are to be deleted


class BadManifest(ValueError):
    """No manifest by its DTD."""


class NotPlayed(ValueError):
    """A manifest, but the lab does not know what comes of it."""


#: Element -> its children in their order, with how many there may be ('' one, '?', '*', '+').
CHILDREN = {
    "service_bundle": "service*",
    "service": "create_default_instance? single_instance? restarter? dependency* dependent* method_context? exec_method* property_group* "
    "instance* stability? template?",
    "dependency": "service_fmri* stability? propval* property*",
    "dependent": "service_fmri stability? propval* property*",
    "method_context": "method_profile? method_credential? method_environment?",
    "method_environment": "envvar+",
    "exec_method": "method_context? stability? propval* property*",
    "property_group": "stability? propval* property*",
    "template": "common_name description? documentation?",
    "common_name": "loctext+",
    "description": "loctext+",
}
_YES_NO = "true|false"
_GROUPING = "require_all|require_any|exclude_all|optional_all"
_RESTART = "error|restart|refresh|none"
#: Element -> attribute -> values it may have ('' any); a trailing ? where it may be left out.
ATTRIBUTES = {
    "service_bundle": {"type": "", "name": ""},
    "service": {"name": "", "version": "", "type": "service|restarter|milestone"},
    "create_default_instance": {"enabled": _YES_NO},
    "service_fmri": {"value": ""},
    "dependency": {"name": "", "grouping": _GROUPING, "restart_on": _RESTART, "type": "", "delete?": _YES_NO},
    "dependent": {"name": "", "grouping": _GROUPING, "restart_on": _RESTART, "delete?": _YES_NO, "override?": _YES_NO},
    "method_context": {"working_directory?": "", "project?": "", "resource_pool?": ""},
    "method_credential": {"user": "", "group?": "", "supp_groups?": "", "privileges?": "", "limit_privileges?": ""},
    "envvar": {"name": "", "value": ""},
    "exec_method": {"type": "method|monitor", "name": "", "exec": "", "timeout_seconds": "", "delete?": _YES_NO},
    "property_group": {"name": "", "type": "", "delete?": _YES_NO},
    "propval": {"name": "", "type": "", "value": "", "override?": _YES_NO},
    "stability": {"value": "Standard|Stable|Evolving|Unstable|External|Obsolete"},
    "loctext": {"{http://www.w3.org/XML/1998/namespace}lang": ""},
}


def check(element: ElementTree.Element) -> None:
    """Raises BadManifest on what the DTD does not allow, NotPlayed on an element that is not kept here."""
    tag = element.tag
    wanted = ATTRIBUTES.get(tag, {})
    for name, value in element.attrib.items():
        allowed = wanted.get(name, wanted.get(f"{name}?"))
        if allowed is None or (allowed and value not in allowed.split("|")):
            raise BadManifest(f"{tag}: attribute {name}={value!r}")
    for name in wanted:
        if not name.endswith("?") and name not in element.attrib:
            raise BadManifest(f"{tag}: no attribute {name}")
    order = [re.fullmatch(r"(\w+)([?*+]?)", word) for word in CHILDREN.get(tag, "").split()]
    names = [(found[1], found[2]) for found in order if found]
    present = [child.tag for child in element]
    for child in present:
        if child not in CHILDREN and child not in ATTRIBUTES and child != "single_instance":
            raise NotPlayed(f"manifest element {child}")
        if child not in [name for name, _ in names]:
            raise BadManifest(f"{tag}: {child} in it")
    positions = [[name for name, _ in names].index(child) for child in present]
    if positions != sorted(positions):
        raise BadManifest(f"{tag}: its elements are not in the order {CHILDREN[tag]}")
    for name, many in names:
        count = present.count(name)
        if (many in ("", "?") and count > 1) or (many in ("", "+") and count == 0):
            raise BadManifest(f"{tag}: {count} times {name}")
    for one in element:
        check(one)


def read(text: str) -> dict[str, Definition]:
    """FMRI of the default instance -> definition. Raises BadManifest or NotPlayed."""
    try:
        bundle = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise BadManifest(str(error)) from error
    if bundle.tag != "service_bundle" or "<!DOCTYPE service_bundle SYSTEM" not in text:
        raise BadManifest("no service_bundle with its DTD")
    check(bundle)
    if bundle.get("type") != "manifest":
        raise NotPlayed(f"a bundle of type {bundle.get('type')}")
    return {f"svc:/{service.get('name')}:default": _service(service) for service in bundle}


def _service(service: ElementTree.Element) -> Definition:
    for tag in ("restarter", "instance"):
        if service.find(tag) is not None:
            raise NotPlayed(f"{tag} of a service")
    instance = service.find("create_default_instance")
    if service.get("type") != "service" or instance is None:
        raise NotPlayed("a service that is none of type service with a default instance")
    definition = Definition(enabled=instance.get("enabled") == "true")
    context = service.find("method_context")
    for element in service.findall("exec_method"):
        if element.get("type") != "method" or element.get("name") not in ("start", "stop", "refresh") or element.get("delete") == "true":
            raise NotPlayed(f"method {element.get('name')}")
        own = element.find("method_context")
        definition.methods[str(element.get("name"))] = _method(element, own if own is not None else context)
    if not {"start", "stop"} <= definition.methods.keys():
        raise NotPlayed("a service without start and stop methods")
    for group in service.findall("property_group"):
        _startd(group, definition)
    for element in service.findall("dependency"):
        if element.get("type") != "service" or element.get("grouping") not in ("require_all", "optional_all") or element.get("delete"):
            raise NotPlayed(f"dependency {element.get('name')}")
        definition.dependencies.append(_edge(element))
    for element in service.findall("dependent"):
        if element.get("delete") == "true":
            definition.taken.append(str(element.get("name")))
        else:
            definition.dependents.append(_edge(element))
    if any(one.restart_on != "none" for one in (*definition.dependencies, *definition.dependents)):
        raise NotPlayed("a dependency whose restart restarts the service")
    name = service.find("template/common_name/loctext")
    definition.title = "" if name is None else (name.text or "").strip()
    return definition


def _edge(element: ElementTree.Element) -> Dependency:
    fmris = [str(one.get("value")) for one in element.findall("service_fmri")]
    return Dependency(str(element.get("name")), str(element.get("grouping")), str(element.get("restart_on")), fmris)


def _method(element: ElementTree.Element, context: ElementTree.Element | None) -> Method:
    timeout = str(element.get("timeout_seconds"))
    if not re.fullmatch(r"-?\d+", timeout):
        raise BadManifest(f"exec_method: timeout_seconds={timeout!r}")
    method = Method(str(element.get("exec")), max(0, int(timeout)))
    if context is None:
        return method
    credential = context.find("method_credential")
    if context.find("method_profile") is not None or (credential is not None and credential.get("user") not in ("root", "0")):
        raise NotPlayed("a method that is not root's")
    method.folder = context.get("working_directory", "/")
    method.environment = {str(one.get("name")): str(one.get("value")) for one in context.findall("method_environment/envvar")}
    return method


def _startd(group: ElementTree.Element, definition: Definition) -> None:
    """The property group startd; others are the service's own and change nothing here."""
    if group.get("name") != "startd":
        return
    for value in group.findall("propval"):
        name, text = value.get("name"), str(value.get("value"))
        if name == "duration" and text in ("contract", "transient"):
            definition.duration = text
        elif name == "ignore_error" and set(text.split(",")) <= {"core", "signal"}:
            definition.ignored = text.split(",")
        else:
            raise NotPlayed(f"startd/{name}={text}")
