"""Which claims and customers are one person: a disjoint-set forest that is filled in the order things happened. Pure.

Every step looks only at what came before, so a batch ends where its claims one by one end, and replaying the evidence
of the whole base in its order (`repartition.py`) ends where living through it did.
"""

from collections import defaultdict
from collections.abc import Container, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from apps.customers.drafts import Handle
from apps.customers.identity.agreement import Name, births_agree, is_day, names_agree, words_of
from apps.customers.models import IdentityRule

Node = tuple[str, Hashable]  # ("claim", ProfileKey), ("customer", id) or ("profile", id)
Refusal = str  # "apart", "weak", "limit", "names" or "stale": why an identifier joins two people not


class Holding(NamedTuple):
    """Since when and until when somebody has been seen with an identifier, whether that was ever verified, and whether
    a colleague who spoke to them typed it."""

    verified: bool
    first: datetime
    last: datetime
    typed: bool = False

    def gap(self, at: datetime) -> timedelta:
        """How long before or after `at` the nearest sighting is."""
        return max(self.first - at, at - self.last, timedelta(0))


@dataclass(slots=True)
class Facts:
    """What is known of a person that may tell them from another. `values` are by (type, scope)."""

    names: set[Name] = field(default_factory=set)
    births: set[str] = field(default_factory=set)
    values: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    strong: bool = False
    housed: bool = False  # an existing customer is among them

    @classmethod
    def of(cls, name: object, born: object) -> "Facts":
        facts = cls()
        facts.hear(name, born)
        return facts

    def hear(self, name: object, born: object) -> None:
        if isinstance(name, str) and name.strip():
            self.names.add(words_of(name))
        if isinstance(born, str) and len(born) >= 10 and is_day(born):
            self.births.add(born[:10])

    def hold(self, handle: Handle, rule: IdentityRule | None) -> bool:
        """Count a verified identifier. Whether with it there are more of its type than one person has."""
        if rule is None or not rule.weak:
            self.strong = True
        return self.count(handle, rule)

    def count(self, handle: Handle, rule: IdentityRule | None) -> bool:
        """Count a value of which nobody has many. Whether there are too many now, as there were not before."""
        if rule is None or rule.per_customer is None:
            return False
        values = self.values[handle.type, handle.scope]
        news = handle.value not in values
        values.add(handle.value)
        return news and len(values) > rule.per_customer

    def absorb(self, other: "Facts") -> None:
        self.names |= other.names
        self.births |= other.births
        for kind, values in other.values.items():
            self.values[kind] |= values
        self.strong |= other.strong
        self.housed |= other.housed


class Partition:
    """Groups of nodes that are the same person, under `rules` (by identifier type; a type without one is strong).

    `mute` are identifiers that join nobody, since they are blocked or shared.
    """

    def __init__(self, rules: Mapping[str, IdentityRule], mute: Container[Handle] = frozenset()) -> None:
        self._rules, self._mute = rules, mute
        self._parent: dict[Node, Node] = {}
        self._facts: dict[Node, Facts] = {}  # of roots
        self._apart: dict[Node, set[Node]] = defaultdict(set)  # of roots; nodes of any group
        self._holders: dict[Handle, dict[Node, Holding]] = defaultdict(dict)
        self.refused: list[tuple[Node, Node, Handle, Refusal]] = []
        self.crowded: set[Node] = set()  # nodes that turned out to be somebody else than whom they were joined with

    # what is known beforehand

    def know(self, node: Node, facts: Facts) -> None:
        """There is this node, of whom this is known; what is known already is kept."""
        root = self.find(node)
        self._facts[root].absorb(facts)

    def hold(self, handle: Handle, node: Node, holding: Holding) -> None:
        """The node has been seen with this usable identifier."""
        held = self._holders[handle]
        held[node] = _joined(held[node], holding) if node in held else holding

    def seen_until(self, handle: Handle, node: Node, last: datetime) -> None:
        """The node, placed already, has had this identifier up to `last`."""
        root = self.find(node)
        held = self._held_by(handle).get(root)
        if held and last > held.last:
            self._holders[handle][root] = held._replace(last=last)

    def keep_apart(self, one: Node, other: Node) -> None:
        """Never the same, says a person."""
        one, other = self.find(one), self.find(other)
        self._apart[one].add(other)
        self._apart[other].add(one)

    def unite(self, one: Node, other: Node) -> None:
        """The same, whatever else speaks against it."""
        one, other = self.find(one), self.find(other)
        if one == other:
            return
        self._parent[other] = one
        self._facts[one].absorb(self._facts.pop(other))
        self._apart[one] |= self._apart.pop(other, set())

    # what happens

    def place(self, node: Node, handles: Iterable[Handle], at: datetime) -> None:
        """Join a node to whoever holds its verified identifiers, as far as the rules let it: the best proof first, so
        that where not all can be right the weakest gives way."""
        own = sorted(handles, key=self._worth)
        for handle in own:
            if self._facts[self.find(node)].hold(handle, self._rules.get(handle.type)):
                self.crowded.add(node)
        for handle in self._speaking(own):
            self._join(node, handle, at)
        for handle in self._speaking(own):
            self._meet(node, handle, at)
            self.hold(handle, node, Holding(True, at, at))

    def doubt(self, node: Node, handles: Iterable[Handle], at: datetime) -> None:
        """A node that was with somebody on no proof of its own has these verified identifiers at last. Whose it is, is
        to be drawn anew among all who have them: it joins nobody to whom it was with."""
        self.crowded.add(node)
        for handle in self._speaking(handles):
            self._facts[self.find(node)].hold(handle, self._rules.get(handle.type))
            self.crowded |= self._held_by(handle).keys()
            self.hold(handle, node, Holding(True, at, at))

    def lean(self, node: Node, handles: Iterable[Handle], at: datetime, *, typed: bool = False) -> None:
        """Attach a node nobody else has placed to the one person its unverified identifiers point at: who has proved to
        have them or told a colleague, or else who has said so too. Who may lie about an address may be called anything;
        whom a colleague met (`typed`) is called as they were told."""
        for handle in self._speaking(sorted(handles, key=self._worth)):
            root = self.find(node)
            held = self._held_by(handle)
            surely = {holder for holder, holding in held.items() if holding.verified or holding.typed}
            others = (surely or held.keys()) - {root}
            if typed:
                others = {other for other in others if self._told_apart(root, other, handle, at) != "names"}
            facts = self._facts[root]
            if len(others) == 1 and not facts.strong and not facts.housed:
                other = next(iter(others))
                refusal = self._told_apart(root, other, handle, at)
                if refusal and refusal != "names":
                    self.refused.append((node, other, handle, refusal))
                else:
                    self.unite(other, root)
            self.hold(handle, node, Holding(False, at, at, typed))

    def find(self, node: Node) -> Node:
        """The node that stands for the whole group."""
        if node not in self._parent:
            self._parent[node] = node
            self._facts[node] = Facts(housed=node[0] == "customer")
        parent = self._parent[node]
        while parent != node:
            self._parent[node] = self._parent[parent]
            node, parent = parent, self._parent[parent]
        return node

    # what came of it

    def groups(self) -> list[list[Node]]:
        found: dict[Node, list[Node]] = defaultdict(list)
        for node in list(self._parent):
            found[self.find(node)].append(node)
        return list(found.values())

    def overshared(self) -> set[Handle]:
        """Identifiers that more people hold than their rule allows."""
        over = set()
        for handle in self._holders:
            rule = self._rules.get(handle.type)
            most = rule.customers_per_value if rule else None
            if most is not None and sum(holding.verified for holding in self._held_by(handle).values()) > most:
                over.add(handle)
        return over

    def refusal(self, one: Node, other: Node, handle: Handle, at: datetime) -> Refusal:
        """Why these two, who both have this identifier, are not one person by it; empty: they are."""
        one, other = self.find(one), self.find(other)
        rule = self._rules.get(handle.type)
        mine, theirs = self._facts[one], self._facts[other]
        if rule and rule.weak and mine.strong and theirs.strong:
            return "weak"
        return self._told_apart(one, other, handle, at) or ("limit" if self._over(mine, theirs) else "")

    def _told_apart(self, one: Node, other: Node, handle: Handle, at: datetime) -> Refusal:
        rule = self._rules.get(handle.type)
        mine, theirs = self._facts[one], self._facts[other]
        if any(self.find(node) == other for node in self._apart[one]):
            return "apart"
        if rule is None:
            return ""
        if rule.names_must_agree and not (
            names_agree(mine.names, theirs.names) and births_agree(mine.births, theirs.births)
        ):
            return "names"
        held = self._held_by(handle).get(other)
        if rule.stale_after and held and held.gap(at) > timedelta(days=rule.stale_after):
            return "stale"
        return ""

    def _over(self, mine: Facts, theirs: Facts) -> bool:
        """Whether together they have more values of a type than one person has, and more than either had before."""
        for (kind, scope), values in theirs.values.items():
            ours, rule = mine.values.get((kind, scope)), self._rules.get(kind)
            if ours and rule and rule.per_customer is not None:
                together = len(ours | values)
                if together > max(rule.per_customer, len(ours), len(values)):
                    return True
        return False

    def _join(self, node: Node, handle: Handle, at: datetime) -> None:
        mine = self.find(node)
        others = [root for root, held in self._held_by(handle).items() if held.verified and root != mine]
        welcome = []
        for other in sorted(others, key=repr):
            refusal = self.refusal(mine, other, handle, at)
            if refusal:
                self.refused.append((node, other, handle, refusal))
            else:
                welcome.append(other)
        told_apart = any(
            self.refusal(one, other, handle, at) for place, one in enumerate(welcome) for other in welcome[:place]
        )
        if told_apart:  # two people: which of them this is, the identifier does not say
            self.refused += [(node, other, handle, "ambiguous") for other in welcome]
            return
        for other in welcome:
            if not self._over(self._facts[self.find(mine)], self._facts[self.find(other)]):
                self.unite(mine, other)

    def _meet(self, node: Node, handle: Handle, at: datetime) -> None:
        """Join a node that nobody else has placed to the one person for whom a colleague typed what it proves for the
        first time. It joins no two whom we know."""
        mine, held = self.find(node), self._held_by(handle)
        met = [root for root, holding in held.items() if holding.typed and root != mine]
        proved = any(holding.verified for root, holding in held.items() if root != mine)
        if self._facts[mine].housed or proved or len(met) != 1:
            return
        refusal = self.refusal(mine, met[0], handle, at)
        if refusal:
            self.refused.append((node, met[0], handle, refusal))
        else:
            self.unite(met[0], mine)

    def _held_by(self, handle: Handle) -> dict[Node, Holding]:
        """Who has it, by group."""
        held = self._holders.get(handle, {})
        compact: dict[Node, Holding] = {}
        for node, holding in held.items():
            root = self.find(node)
            compact[root] = _joined(compact[root], holding) if root in compact else holding
        if held:
            self._holders[handle] = compact
        return compact

    def _speaking(self, handles: Iterable[Handle]) -> list[Handle]:
        return [handle for handle in handles if handle not in self._mute]

    def _worth(self, handle: Handle) -> tuple[int, Handle]:
        rule = self._rules.get(handle.type)
        return (rule.priority if rule else 0), handle


def _joined(one: Holding, other: Holding) -> Holding:
    first, last = min(one.first, other.first), max(one.last, other.last)
    return Holding(one.verified or other.verified, first, last, one.typed or other.typed)
