"""Which claims and customers are one person: a disjoint-set forest over a batch. Pure."""

from collections.abc import Hashable, Iterable

from apps.customers.drafts import ProfileKey

Node = tuple[str, Hashable]


class Partition:
    """Groups of claims (by profile key) and existing customers (by id) that are the same person.

    `strong` are the customers whom a strong identifier names; a group is strong if any member is.
    """

    def __init__(self, strong: set[int]) -> None:
        self._parent: dict[Node, Node] = {}
        self._strong: set[Node] = set()  # roots of groups a strong identifier names
        self._housed: set[Node] = set()  # roots of groups with an existing customer
        self._strong_customers = strong

    def add(self, key: ProfileKey, customer: int | None, *, strong: bool) -> None:
        """Put a claim in, with the customer its profile already belongs to."""
        root = self._find(("claim", key))
        if strong:
            self._strong.add(root)
        if customer is not None:
            self._union(root, self._customer(customer))

    def join(self, keys: Iterable[ProfileKey], customers: Iterable[int], *, weak: bool) -> None:
        """Those who hold the same identifier are one person; over a weak one only if at most one group is strong."""
        roots = {self._find(("claim", key)) for key in keys} | {self._find(self._customer(c)) for c in customers}
        if weak and len(roots & self._strong) > 1:
            roots -= self._strong
        ordered = sorted(roots, key=repr)
        for other in ordered[1:]:
            self._union(ordered[0], other)

    def lean(self, key: ProfileKey, keys: Iterable[ProfileKey], customers: Iterable[int]) -> None:
        """Attach a claim nobody else has placed to the one person its unverified handle points at."""
        root = self._find(("claim", key))
        if root in self._strong or root in self._housed:
            return
        held = {self._find(("claim", other)) for other in keys} | {self._customer(pk) for pk in customers}
        if len(held - {root}) == 1:
            self._union(root, *(held - {root}))

    def customers(self) -> set[int]:
        return {pk for kind, pk in self._parent if kind == "customer" and isinstance(pk, int)}

    def groups(self) -> list[tuple[list[ProfileKey], set[int]]]:
        """Each group's claims and existing customers."""
        found: dict[Node, tuple[list[ProfileKey], set[int]]] = {}
        for node in list(self._parent):
            keys, customers = found.setdefault(self._find(node), ([], set()))
            if isinstance(node[1], ProfileKey):
                keys.append(node[1])
            elif isinstance(node[1], int):
                customers.add(node[1])
        return list(found.values())

    def _customer(self, pk: int) -> Node:
        node: Node = ("customer", pk)
        if node not in self._parent:
            self._housed.add(node)
            if pk in self._strong_customers:
                self._strong.add(node)
        return self._find(node)

    def _find(self, node: Node) -> Node:
        parent = self._parent.setdefault(node, node)
        while parent != node:
            self._parent[node] = self._parent[parent]
            node, parent = parent, self._parent[parent]
        return node

    def _union(self, one: Node, other: Node) -> None:
        one, other = self._find(one), self._find(other)
        if one == other:
            return
        self._parent[other] = one
        for marked in (self._strong, self._housed):
            if other in marked:
                marked.add(one)
