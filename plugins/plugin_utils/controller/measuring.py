# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples of usage: nodes asked side by side, each answer joined to the one before it, then rolled up and pruned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..engine.node_shell import NodeShell
from ..engine.nodes import Nodes
from ..model.command import At, Command, Output
from ..model.errors import HeliostatError, InvalidDefinition
from ..model.usage.joining import Joined
from ..model.usage.levels import KEPT, check_kept
from ..model.usage.sample import Reading, Sample
from ..usage import looking
from .action import HeliostatAction
from .other_nodes import impatient

if TYPE_CHECKING:
    from ..repository.records import NodeRecord
    from ..repository.store import Repository

OPTIONS: dict[str, Any] = {
    "nodes": {"type": "list", "elements": "str"},
    "window": {"type": "int", "default": 5},
    "longest": {"type": "int", "default": 1800},
    "clock": {"type": "str", "choices": ["controller", "node"], "default": "controller"},
    "keep": {"type": "dict", "default": {}, "options": {level: {"type": "int", "default": days} for level, days in KEPT.items()}},
}


class _Timed(NodeShell):
    """A node, and when it answered last: nodes answer one after the other, and a sample is of its own moment."""

    def __init__(self, shell: NodeShell) -> None:
        super().__init__(shell.name, shell._connection)
        self.answered: datetime | None = None

    def run(self, commands: Sequence[Command]) -> list[Output]:
        outputs = super().run(commands)
        self.answered = datetime.now(UTC)
        return outputs


class Sampling:
    """One task's look at what nodes use."""

    def __init__(self, action: HeliostatAction, args: Mapping[str, Any], repository: Repository) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._shells: dict[str, _Timed] = {}
        self._warnings: list[str] = []
        if not 1 <= args["window"] <= 60:
            raise InvalidDefinition(f"window: {args['window']} is not between 1 and 60 seconds.")
        if args["longest"] <= args["window"]:
            raise InvalidDefinition(f"longest: samples are further apart than the {args['window']} seconds that one takes.")
        check_kept(args["keep"] or KEPT)

    def run(self) -> dict[str, Any]:
        records = self._asked()
        nodes = Nodes(self._connect)
        told: dict[str, dict[str, Any]] = {}
        missed: list[str] = []
        answers = nodes.ask({At(name, probe): command for name, record in records.items() for probe, command in self._look(record).items()})
        for name, record in records.items():
            own = {key.probe: answer for key, answer in answers.items() if key.node == name}
            try:
                if not own:
                    raise HeliostatError(nodes.unreachable.get(name, f"node {name} does not answer"))
                told[name] = self._taken(record, own)
            except HeliostatError as error:
                missed.append(name)
                self._warnings.append(f"{' '.join(str(error).split()).rstrip('.')}: it has a gap from its last sample to its next")
                if not self._action.check:
                    self._repository.usage.missed(name, f"the node gave no sample at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
        result: dict[str, Any] = {"changed": any(one["taken"] for one in told.values()), "nodes": told, "missed": missed}
        result |= {"rolled_up": 0, "pruned": {}, "warnings": self._warnings}
        if not self._action.check:
            result["rolled_up"] = self._repository.usage.roll_up()
            result["pruned"] = self._repository.usage.prune(self._args["keep"] or KEPT, datetime.now(UTC))
        if missed and not told:
            result |= {"failed": True, "msg": "no node gave a sample: " + "; ".join(self._warnings)}
        return result

    def _asked(self) -> dict[str, NodeRecord]:
        known = {record.name: record for record in self._repository.nodes()}
        own = self._action.node.name
        wanted = self._args["nodes"] if self._args["nodes"] is not None else [own] if self._action.inventory.is_node(own) else list(known)
        for name in wanted:
            if name not in known:
                raise InvalidDefinition(f"node {name} is not in the repository. Register it with heliostat.vdc.node state=registered.")
        return {name: known[name] for name in sorted(set(wanted))}

    def _look(self, record: NodeRecord) -> dict[str, Command]:
        domain = record.facts.domain
        control = domain is not None and domain.control
        return looking.look(solaris10=record.facts.release.is_solaris10, control_domain=control, window=self._args["window"])

    def _connect(self, name: str) -> NodeShell:
        self._shells[name] = _Timed(impatient(self._action, name))
        return self._shells[name]

    def _taken(self, record: NodeRecord, answers: Mapping[str, Output]) -> dict[str, Any]:
        at = self._shells[record.name].answered if self._args["clock"] == "controller" else None
        old = record.facts.release.is_solaris10
        looked = looking.read(record.name, answers, solaris10=old, at=at, rating=record.base_units)
        self._warnings.extend(looked.warnings)
        return _shown(looked.sample, self._repository.usage.take(looked.sample, self._args["longest"], check=self._action.check))


def _shown(sample: Sample, joined: Joined) -> dict[str, Any]:
    since = min((one.start for one in joined.intervals), default=None)
    own = {one.metric: one.value for one in joined.intervals if (one.kind, one.name) == ("node", sample.node)}
    return {
        "at": sample.at.isoformat(),
        "since": since.isoformat() if since else None,
        "taken": joined.taken,
        "note": joined.note,
        "cpus": sample.cpus,
        "cpu": own.get("cpu"),
        "base_units": own.get("base_units"),
        "memory": sample.memory,
        "vservers": {name: _reading(reading, sample) for name, reading in sorted(sample.zones.items())},
        "gdoms": {name: {"cpu": reading.cpu} for name, reading in sorted(sample.domains.items())},
    }


def _reading(reading: Reading, sample: Sample) -> dict[str, Any]:
    units = reading.cpu / sample.cpus * sample.rating if reading.cpu is not None and sample.rating else None
    return {"cpu": reading.cpu, "base_units": units, "memory": reading.memory}
