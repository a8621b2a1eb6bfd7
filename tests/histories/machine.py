# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random legal histories of an estate. After every step repository, nodes and declarations agree, or the difference was reported.

What is believed of a vServer after a step: ``running``, ``halted``, ``removed``, or nothing, after a run that said it failed, that was
killed, or when its node lost its power. Nothing is believed until a run says that it succeeded; what is believed is looked for.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from . import agreement, declarations
from .centre import NODES, SOLARIS_11
from .estate import PRESENT, Estate, Strike
from .outcome import Outcome

NUMBER = st.integers(0, 5)
STRIKES = st.one_of(
    st.none(),
    st.none(),
    st.none(),
    st.builds(Strike, st.sampled_from(["kill", "cut", "kill", "power"]), st.integers(1, 24), st.integers(0, 3)),
)
ROUNDS = 4  # how often an operator runs something again before calling it broken

#: Over all histories: how often each step ran, and how it ended.
COUNTED: Counter[str] = Counter()
REASONS: Counter[str] = Counter()


Task = Callable[[Strike | None], list[Outcome]]


class History(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.estate: Estate = PRESENT[0]
        self.estate.reset()
        self.laboratory = self.estate.laboratory
        self.believed: dict[str, str | None] = {}
        self.marked: set[str] = set()
        self.given_up: dict[str, list[str]] = {}  # datasets that an operator has said to destroy
        self.told: list[str] = []
        self.estate.told = self.told.append
        self.sound = True
        self.lost = False  # the repository; who has lost it looks at all nodes again
        COUNTED["histories"] += 1
        if COUNTED["histories"] % 100 == 0:
            print(f"{COUNTED['histories']} histories, {COUNTED['steps']} steps", flush=True)

    # --- steps --------------------------------------------------------------------------------------------------------
    @initialize(data=st.data(), names=st.lists(st.sampled_from(declarations.ALL), min_size=1, max_size=3, unique=True))
    def begin(self, data: st.DataObject, names: list[str]) -> None:
        for name in sorted(names, key=declarations.ALL.index):
            self._declare(data, name)
        self._deploy(names, None)

    @precondition(lambda self: len(self.believed) < len(declarations.ALL))
    @rule(data=st.data(), number=NUMBER, strike=STRIKES)
    def one_more(self, data: st.DataObject, number: int, strike: Strike | None) -> None:
        left = [name for name in declarations.ALL if name not in self.estate.declared]
        name = left[number % len(left)]
        self._declare(data, name)
        self._deploy([name], strike)

    @rule(strike=STRIKES)
    def deploy(self, strike: Strike | None) -> None:
        self._deploy(sorted(self.estate.declared), strike)

    @rule(number=NUMBER, state=st.sampled_from(["halted", "running", "restarted"]), follow=st.booleans(), strike=STRIKES)
    def run_state(self, number: int, state: str, follow: bool, strike: Strike | None) -> None:
        name = self._one(number)
        options = {"state": state, "scope": "run_state", "dependencies": "follow" if follow else "refuse"}
        self._act(f"{state} {name} {'with its chain' if follow else ''}", "vservers", [name], strike, **options)

    @rule(number=NUMBER, what=st.sampled_from(declarations.CHANGES), now=st.booleans(), strike=STRIKES)
    def change(self, number: int, what: str, now: bool, strike: Strike | None) -> None:
        name = self._one(number)
        before = self.estate.declared[name]
        after = declarations.changed(name, before, what)
        if after is None or self.believed[name] == "removed":
            return
        self.estate.declared[name] = after
        done = self._act(
            f"change {what} of {name}, {'now' if now else 'at next boot'}", "vservers", [name], strike, state="defined",
            apply="now" if now else "next_boot",
        )  # fmt: skip
        if done.failed and not done.killed and not done.result.get("changed") and done.result.get("outcomes") is not None:
            self.estate.declared[name] = before  # the operator takes back what was refused

    @rule(numbers=st.lists(NUMBER, min_size=1, max_size=2), place=st.integers(-1, 2), strike=STRIKES)
    def migrate(self, numbers: list[int], place: int, strike: Strike | None) -> None:
        names = sorted({self._one(number) for number in numbers})
        nodes = declarations.nodes_of(names[0])
        options = {} if place < 0 else {"target": nodes[place % len(nodes)]}
        self._act(f"migrate {' '.join(names)} to {options.get('target', 'wherever')}", "migration", names, strike, **options)

    @precondition(lambda self: len(list(self.laboratory.live())) > 2)
    @rule(number=NUMBER)
    def power_cut(self, number: int) -> None:
        on = [machine.name for machine in self.laboratory.live()]
        self._step(f"power cut of {on[number % len(on)]}")
        self.laboratory.power_off(on[number % len(on)])
        self._after_power()

    @precondition(lambda self: len(list(self.laboratory.live())) < len(NODES))
    @rule(number=NUMBER)
    def power_on(self, number: int) -> None:
        off = [name for name in NODES if not self.laboratory.answers(name)]
        self._step(f"power on of {off[number % len(off)]}")
        self.laboratory.power_on(off[number % len(off)])
        self._after_power()

    @rule(number=NUMBER, strike=STRIKES)
    def recover(self, number: int, strike: Strike | None) -> None:
        off = [name for name in NODES if not self.laboratory.answers(name)]
        node = off[number % len(off)] if off else NODES[number % len(NODES)]
        if node in SOLARIS_11 and any(declarations.has_volumes(declared) for declared in self.estate.declared.values()):
            return  # its release asks for the mounts there, which the lab plays on Solaris 10 only
        if self.laboratory.answers(node):
            self._step(f"recover {node}, which is alive")
            done = self.estate.task("recovery", node=node)
            assert done.failed and "answers" in done.message, f"a living node is given up: {done.result}"
            self._end()
            return
        records, moves, _nodes = self.estate.records()
        names = sorted({name for name, record in records.items() if record.node == node} | set(moves))
        self._act(f"recover {node}", "recovery", names, strike, node=node)

    @rule(number=NUMBER)
    def release(self, number: int) -> None:
        nodes = [node.name for node in self.estate.records()[2].values() if node.quarantine]
        if not nodes:
            return
        node = nodes[number % len(nodes)]
        self._step(f"release {node}")
        self._said(self.estate.task("quarantine", node, state="released"))
        self._end()

    @rule(number=NUMBER, destroy=st.booleans(), force=st.sampled_from([True, True, False]), strike=STRIKES)
    def remove(self, number: int, destroy: bool, force: bool, strike: Strike | None) -> None:
        name = self._one(number)
        record = self.estate.records()[0].get(name)
        if record is None or record.node is None or not self.laboratory.answers(record.node):
            return
        if self.lost and name not in self.laboratory.machines[record.node].zones:
            return  # the new repository may not know yet where it really is
        doomed = [dataset["name"] for dataset in self.estate.declared[name]["datasets"]] if destroy else []
        if destroy:
            self.marked.discard(name)  # from here on the data may go
            self.given_up[name] = doomed
        text = f"remove {name} {'and its data' if destroy else ''}"
        self._act(text, "vservers", [name], strike, record.node, state="absent", destroy=doomed, force=force)

    @rule()
    def adopt(self) -> None:
        """The repository is lost and made anew: what is found is taken over."""
        if any(node.quarantine for node in self.estate.records()[2].values()) or self.estate.records()[1]:
            return  # who loses that too has to look for himself
        self._step("the repository is lost, and made anew")
        self.estate.new_repository()
        self.lost = True
        for node in NODES:
            self.estate.task("node", node)
        self._deploy(sorted(self.estate.declared), None)

    # --- how a step is made -----------------------------------------------------------------------------------------
    def _one(self, number: int) -> str:
        names = [name for name in declarations.ALL if name in self.estate.declared]
        return names[number % len(names)]

    def _declare(self, data: st.DataObject, name: str) -> None:
        declared = data.draw(declarations.vservers(name, list(self.estate.declared)))
        self.estate.declared[name] = declared
        self.believed[name] = "removed"
        self.told.append(f"declare {name}: {declared}")

    def _deploy(self, names: Sequence[str], strike: Strike | None) -> None:
        self._step(f"deploy {' '.join(names)}")
        self._run(names, "running", strike, lambda struck: self.estate.deploy(names, struck))

    def _act(self, text: str, module: str, names: list[str], strike: Strike | None, host: str = "localhost", **options: Any) -> Outcome:
        self._step(text)
        options = options if module == "recovery" else {"names": names, **options}
        state = {"halted": "halted", "running": "running", "restarted": "running", "absent": "removed"}.get(str(options.get("state")))
        return self._run(names, state, strike, lambda struck: [self.estate.thrice(module, host, strike=struck, **options)])

    def _run(self, names: Sequence[str], state: str | None, strike: Strike | None, run: Task) -> Outcome:
        """The run, and what is believed from then on. ``state`` None: each as it is found."""
        strike = copy.copy(strike)
        before = agreement.seen(self.laboratory)
        done = run(strike)
        for outcome in done:
            self._said(outcome)
        touched = agreement.differing(before, agreement.seen(self.laboratory))
        self.believed |= dict.fromkeys((name for name in touched if name in self.believed), None)
        if done[-1].killed or (strike is not None and strike.struck):
            self.believed |= dict.fromkeys((name for name in names if self.believed[name] == "removed"), None)
            names = []
        moves = self.estate.records()[1]
        self.believed |= dict.fromkeys((name for name in moves if name in self.believed), None)
        self._believe([name for name in names if not any(self._fails(outcome, name) for outcome in done)], state, done)
        self._end()
        return done[-1]

    def _fails(self, outcome: Outcome, name: str) -> bool:
        """Whether a failure concerns this vServer: one that names none concerns all."""
        return outcome.failed and name in outcome.result.get("failures", [name])

    def _believe(self, names: Sequence[str], state: str | None, done: Sequence[Outcome]) -> None:
        """The run says that all is well: so it has to be."""
        records, moves, _nodes = self.estate.records()
        deferred = {name for outcome in done for name in outcome.result.get("deferred", [])}
        for name in names:
            record = records.get(name)
            reached = record is not None and record.node and self.laboratory.answers(record.node) and name not in moves
            if state == "removed":
                self.believed[name] = "removed"
            elif not reached or name in deferred:
                self.believed[name] = None
            elif state == "halted" and records[name].state == "defined":
                self.believed[name] = None  # stopping what was never brought up makes nothing of it
            elif state:
                self.believed[name] = state
        for name, state_now in self.believed.items():
            home = records[name].node if name in records and name not in moves else None
            if state_now is None and name in names and home and self.laboratory.answers(home):
                found = agreement.zone_state(self.laboratory, home, name)
                self.believed[name] = {"running": "running", "installed": "halted"}.get(found)
        self._mark()

    def _mark(self) -> None:
        """A file in the root of everything that is up, to be found wherever it goes."""
        for name, state in self.believed.items():
            if state == "running" and name not in self.marked:
                agreement.mark(self.laboratory, name)
                self.marked.add(name)

    def _after_power(self) -> None:
        records = self.estate.records()[0]
        for name, state in self.believed.items():
            if state != "removed" and not agreement.as_believed(self.estate, name, records.get(name), state):
                self.believed[name] = None
        self._end()

    def _step(self, text: str) -> None:
        self.sound = False
        COUNTED["steps"] += 1
        COUNTED[text.split()[0]] += 1
        self.told.append(text)

    def _said(self, outcome: Outcome) -> None:
        if outcome.failed:
            COUNTED["killed" if outcome.killed else "failed or refused"] += 1
            assert outcome.message.strip(), f"it fails without a word: {outcome.result}"
            REASONS[agreement.reason(outcome.message)] += 1
        self.told.append(f"  → {'failed: ' + outcome.message if outcome.failed else 'ok'}")

    def _end(self) -> None:
        agreement.check(self.estate, self.believed, self.marked)
        self.sound = True

    # --- the end ------------------------------------------------------------------------------------------------------
    def teardown(self) -> None:
        """Everything is repaired and what was begun is run again: then all is as declared."""
        try:
            if self.sound:
                self.sound = False
                self.told.append("the end")
                self._settle()
                agreement.check(self.estate, self.believed, self.marked)
                self.sound = True
        finally:
            if not self.sound:
                print("\n".join(["The history:", *self.told]))

    def _settle(self) -> None:
        estate = self.estate
        self.laboratory.clear_faults()
        for node in NODES:
            if not self.laboratory.answers(node):
                self.laboratory.power_on(node)
        for name in [name for name, state in self.believed.items() if state != "removed"]:
            self._want_masters(name)
        problems: list[str] = []
        for _round in range(ROUNDS):
            problems = self._again()
            if not problems:
                break
        assert not problems, f"it does not come to its end: {problems}"
        for name, state in self.believed.items():
            if name in estate.declared and state != "removed":
                self.believed[name] = "running"
        self._mark()

    def _want_masters(self, name: str) -> None:
        """Who wants a vServer up wants its masters up, also those that were removed before it was declared."""
        for master in self.estate.declared[name].get("depends_on", ()):
            if self.believed[master] == "removed":
                self.believed[master] = None
            self._want_masters(master)

    def _again(self) -> list[str]:
        """One round of an operator who runs everything until it is well."""
        estate = self.estate
        problems = []
        moves = estate.records()[1]
        slaves = sorted(name for name, one in estate.declared.items() if set(one.get("depends_on", ())) & moves.keys() - {name})
        if slaves := [name for name in slaves if name not in moves and name in estate.records()[0]]:
            estate.task("vservers", names=slaves, state="halted", scope="run_state", dependencies="follow")
        for name, move in sorted(moves.items()):
            tried = [estate.task("migration", names=[name], target=target) for target in (move.target,)]
            if tried[-1].failed:
                tried.append(estate.task("migration", names=[name], target=move.source))
            if tried[-1].failed:
                problems.append(f"{name} {move.source} → {move.target}: {[one.message for one in tried]}")
        for node in sorted(name for name, known in estate.records()[2].items() if known.quarantine):
            released = estate.task("quarantine", node, state="released")
            if released.failed:
                problems.append(f"release {node}: {released.message}")
        for node in NODES:
            found = estate.task("node", node, state="present" if self.lost else "registered")
            if found.failed:
                problems.append(f"discover {node}: {found.message}")
        wanted = sorted(name for name, state in self.believed.items() if state != "removed")
        if wanted:
            done = estate.deploy(wanted)
            problems += [one.message for one in done if one.failed]
            for name in sorted({name for one in done for name in one.result.get("failures", ())} & self.given_up.keys()):
                estate.task("vservers", names=[name], state="absent", destroy=self.given_up[name], force=True)  # what was broken off
            problems += [f"deferred: {one.result['deferred']}" for one in done if one.result.get("deferred")]
        return problems
