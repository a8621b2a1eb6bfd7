# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why each object is where it is: what speaks for its node, the one rule against every other, and what would help where none is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .amounts import lacking, shown
from .problem import Apart, Item, Problem, Target, domain
from .solve import Placement

SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Answer:
    """``node``: where it goes (None: it stays down). ``rejected``: for each other node the first rule against it. ``remedy``: what would
    make it fit, where nothing does. ``counted``: how full it makes a node, as it was ``measured``, or as its size is ``declared``."""

    node: str | None
    why: str
    rejected: Mapping[str, str] = field(default_factory=dict)
    remedy: str = ""
    counted: str = "declared"


def explain(problem: Problem, placement: Placement, names: Sequence[str]) -> dict[str, Answer]:
    """For these objects, as the placement leaves everything else."""
    scene = _Scene(problem, placement)
    counted = {name: "declared" if scene.items[name].load is None else "measured" for name in names}
    return {name: replace(scene.answer(scene.items[name]), counted=counted[name]) for name in names}


def obstacles(problem: Problem, homes: Mapping[str, str], name: str, node: str) -> list[str]:
    """All that keeps this object from a node, as everything else is placed, each as the end of the sentence 'node … '."""
    scene = _Scene(problem, Placement({one: there for one, there in homes.items() if one != name}, (), 0.0))
    return list(scene.against(scene.items[name], node))


class _Scene:
    def __init__(self, problem: Problem, placement: Placement) -> None:
        self.problem = problem
        self.placement = placement
        self.items = {item.name: item for item in problem.items}
        self.targets = {target.name: target for target in sorted(problem.targets, key=lambda one: one.name)}
        self.on: dict[str, list[Item]] = {name: [] for name in self.targets}
        for name, node in placement.homes.items():
            self.on[node].append(self.items[name])
        self.groups: dict[str, list[Apart]] = {}
        for rule in sorted(problem.apart, key=lambda one: one.name):
            for member in rule.members:
                self.groups.setdefault(member, []).append(rule)

    def answer(self, item: Item) -> Answer:
        node = self.placement.homes.get(item.name)
        use = {name: self._use(target, item) for name, target in self.targets.items()}
        rejected = {}
        for name in self.targets:
            if name != node:
                found = next(self.against(item, name), None)
                rejected[name] = found or self._second_best(item, name, node, use)
        if node is None:
            return Answer(None, "no node can carry it", rejected, self._remedy(item))
        if node == item.home:
            return Answer(node, "it lives there", rejected)
        fits = sum(next(self.against(item, name), None) is None for name in self.targets)
        best = f"the least full of {fits} that can carry it" if fits > 1 else "the only one that can carry it"
        if fits > 1 and use[node] > min(use[name] for name in self.targets if next(self.against(item, name), None) is None) + SLACK:
            best = f"one of {fits} that can carry it, so that all find room and the fullest is as little full as can be"
        return Answer(node, f"{best}: {use[node]:.0%} of it will be used", rejected)

    def _second_best(self, item: Item, name: str, node: str | None, use: Mapping[str, float]) -> str:
        if node is None:
            return f"has room for it only if others move: {use[name]:.0%} of it would be used"
        return f"could carry it too, and would be {use[name]:.0%} used; {node} is {use[node]:.0%}"

    def against(self, item: Item, name: str) -> Iterator[str]:
        """All that keeps it from a node, as the end of the sentence 'node … '."""
        company = self._company(item)
        for one in company:
            if (reason := self.problem.rules.reason(one.name, name)) is not None:
                yield reason if one is item else f"{reason} (for {one.name}, which {item.name} is to be together with)"
        for one in company:
            yield from self._against_neighbours(one, name)
        beside = " and ".join(one.name for one in company[1:])
        together = f" together with {beside}" if beside else ""
        yield from (f"has {left} left, {needed} are needed{together}" for left, needed in self._short(company, name))

    def _company(self, item: Item) -> list[Item]:
        """What goes where it goes: one that has no home does not get one without its group."""
        found, todo = [item], [item]
        while todo:
            one = todo.pop(0)
            for group in sorted(self.problem.together, key=lambda rule: rule.name):
                for other in group.members if one.name in group.members else ():
                    if other in self.items and self.items[other] not in found and not {item.name, other} & self.placement.homes.keys():
                        found.append(self.items[other])
                        todo.append(self.items[other])
        return found

    def _against_neighbours(self, item: Item, name: str) -> Iterator[str]:
        for rule in self.groups.get(item.name, ()):
            here = domain(self.targets[name], rule.level)
            others = [other for other in rule.members if other != item.name and other in self.placement.homes]
            if others and not here:
                yield f"has no {rule.level} declared, and affinity {rule.name} keeps {item.name} apart by it"
                continue
            for other in others:
                if domain(self.targets[self.placement.homes[other]], rule.level) in (here, ""):
                    where = "is where" if rule.level == "node" else f"is in {rule.level} {here}, where"
                    yield f"{where} {other} is, and affinity {rule.name} keeps them apart"
        for group in sorted(self.problem.together, key=lambda one: one.name):
            for other in group.members if item.name in group.members else ():
                there = self.placement.homes.get(other, name)
                if other != item.name and there != name:
                    yield f"is not where {other} is, and affinity {group.name} keeps them together"

    def _short(self, company: Sequence[Item], name: str) -> Iterator[tuple[str, str]]:
        for index, dimension in enumerate(self.problem.dimensions):
            left, size = self._left(company[0], name, index), sum(one.size[index] for one in company)
            if size > left + SLACK * max(1.0, self.targets[name].capacity[index]):
                yield shown(dimension, max(left, 0)), shown(dimension, size)

    def _left(self, item: Item, name: str, index: int) -> float:
        taken = sum(other.size[index] for other in self.on[name] if other.name != item.name)
        return self.targets[name].capacity[index] - taken

    def _use(self, target: Target, item: Item) -> float:
        """How full the node is with it."""
        bearing = target.capacity if target.bearing is None else target.bearing
        found = 0.0
        for index, capacity in enumerate(bearing):
            there = [item, *(other for other in self.on[target.name] if other.name != item.name)]
            load = sum((other.size if other.load is None else other.load)[index] for other in there)
            found = max(found, load / capacity if capacity > 0 else float(load > 0))
        return found

    def _remedy(self, item: Item) -> str:
        """The node to which least is lacking, and what."""
        best: tuple[int, float, str, str] | None = None
        company = self._company(item)
        for name in self.targets:
            other = [reason for reason in self.against(item, name) if " are needed" not in reason]
            lacks = [
                (index, lack)
                for index in range(len(self.problem.dimensions))
                if (lack := sum(one.size[index] for one in company) - self._left(item, name, index)) > 0
            ]
            part = max((lack / max(self.targets[name].capacity[index], 1) for index, lack in lacks), default=0.0)
            more = " and ".join(lacking(self.problem.dimensions[index], lack) for index, lack in lacks)
            text = (f" with {more} more" if more else "") + (f", but for one thing: it {other[0]}" if other else "")
            text = text or " if others moved"
            found = (len(other), part, name, text)
            best = found if best is None or found[:3] < best[:3] else best
        if best is None:
            return "there is no node that is not to be emptied"
        return f"node {best[2]} could carry it{best[3]}" if best[0] < 2 else f"every node lacks more than one thing; {best[2]} least"
