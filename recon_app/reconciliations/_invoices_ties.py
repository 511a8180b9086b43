"""Which of several records of one name is meant: by what else tells them apart, else nobody can tell.

Two stores may both have an order #1001, two companies an invoice INV/2026/00001. A record that names one of
them belongs to the one that it is linked with otherwise, else to the only one of its currency and its days,
else to the only one of its amount where it is the only such record itself, and last of its amount and day.
Where that leaves a choice, all of them are one case that a person has to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.models.record import NO_INT
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._goods_cases import SEPARATOR, Texts

#: An order and its documents are no further apart, days.
MARGIN = 60
#: First letters of names, in the order in which they are told apart: orders of the shop, of Odoo, documents.
_KINDS = "osi"


@dataclass(frozen=True)
class Named:
    """That a record names something: ``node`` is the record, ``own`` whether the name is its own."""

    node: int
    name: str
    own: bool = False


@dataclass(frozen=True)
class Facts:
    """What tells records of one name apart, a value per record.

    Attributes:
        kind: Which frame it is of. currency: its currency. amount: without its sign, NO_INT for none.
        day: Its day, NO_INT for none.
    """

    kind: Ints
    currency: Texts
    amount: Ints
    day: Ints

    @classmethod
    def of(cls, frames: Sequence[pd.DataFrame]) -> Facts:
        """Those of all frames, one after the other."""
        amount = np.concatenate([frame["amount"].to_numpy(np.int64) for frame in frames])
        return cls(
            np.repeat(np.arange(len(frames)), [len(frame) for frame in frames]),
            np.concatenate([frame["currency"].to_numpy(object) for frame in frames]),
            np.where(amount == NO_INT, NO_INT, np.abs(amount)),
            np.concatenate([frame["day"].to_numpy(np.int64) for frame in frames]),
        )

    def __len__(self) -> int:
        return len(self.kind)


@dataclass
class Groups:
    """Records that belong together.

    Attributes:
        group: The group of each record, numbered without gaps.
        tied: By group the names that several of its records have and that nobody can tell apart.
    """

    group: Ints
    tied: dict[int, list[str]] = field(default_factory=dict)


def grouped(named: Iterable[Named], facts: Facts) -> Groups:
    """Group the records that name each other."""
    plain, rivals, users = _split([each for each in named if each.name])
    tied: list[tuple[str, int]] = []
    for kind in _KINDS:
        mine = [name for name in rivals if name[0] == kind and name in users]
        if not mine:
            continue
        group = _joined(plain, len(facts))
        for name in mine:
            links, open_ = _choose(rivals[name], sorted(users[name]), group, facts)
            plain += [(node, f"{name}{SEPARATOR}{pair[1]}") for pair in links for node in pair]
            if open_:
                plain += [(node, f"{name}{SEPARATOR}") for node in (*open_, *rivals[name])]
                tied.append((name, rivals[name][0]))
    found = Groups(_joined(plain, len(facts)))
    for name, node in tied:
        found.tied.setdefault(int(found.group[node]), []).append(name)
    return found


def _split(
    named: Sequence[Named],
) -> tuple[list[tuple[int, str]], dict[str, list[int]], dict[str, set[int]]]:
    """Names of one record only with whoever names it; records of one name; who else names these."""
    own: defaultdict[str, set[int]] = defaultdict(set)
    for each in named:
        if each.own:
            own[each.name].add(each.node)
    rivals = {name: sorted(nodes) for name, nodes in own.items() if len(nodes) > 1}
    users: defaultdict[str, set[int]] = defaultdict(set)
    for each in named:
        if each.name in rivals and each.node not in own[each.name]:
            users[each.name].add(each.node)
    return [(each.node, each.name) for each in named if each.name not in rivals], rivals, users


def _joined(plain: Sequence[tuple[int, str]], count: int) -> Ints:
    nodes = np.array([node for node, _ in plain], np.int64)
    return money.joined(nodes, [name for _, name in plain], count)


def _choose(
    rivals: Sequence[int], users: Sequence[int], group: Ints, facts: Facts
) -> tuple[list[tuple[int, int]], list[int]]:
    """Which of the rivals each record means: pairs of record and rival, and records that may mean several."""
    place = {int(group[rival]): rival for rival in rivals}
    if len(place) == 1:
        return [(node, rivals[0]) for node in users], []
    waiting = [node for node in users if int(group[node]) not in place]
    chosen: defaultdict[int, set[int]] = defaultdict(set)
    for node, rival in _told(rivals, waiting, group, facts):
        chosen[int(group[node])].add(int(group[rival]))
    links, open_ = [], []
    for node in waiting:
        mine = chosen[int(group[node])]
        if len(mine) == 1:
            links.append((node, place[next(iter(mine))]))
        else:
            open_.append(node)
    return links, open_


def _told(
    rivals: Sequence[int], waiting: Sequence[int], group: Ints, facts: Facts
) -> Iterator[tuple[int, int]]:
    """Pairs of record and rival that something tells."""
    rest = []
    for node in waiting:
        near = _near(node, rivals, facts)
        if len({int(group[rival]) for rival in near}) == 1:
            yield node, near[0]
        else:
            rest.append(node)
    for with_day in (False, True):
        its = _alone(rivals, group, facts, with_day=with_day)
        found: dict[int, int] = {}
        for kind in set(facts.kind[rest].tolist()):
            same = [node for node in rest if facts.kind[node] == kind]
            mine = _alone(same, group, facts, with_day=with_day)
            found |= {node: its[key] for key, node in mine.items() if key in its}
        yield from found.items()
        rest = [node for node in rest if node not in found]


def _near(node: int, rivals: Sequence[int], facts: Facts) -> Sequence[int]:
    """The rivals of a record's currency and days; all of them where none is."""
    same = [rival for rival in rivals if facts.currency[rival] == facts.currency[node]] or rivals
    day = int(facts.day[node])
    near = [
        rival
        for rival in same
        if NO_INT in (day, int(facts.day[rival])) or abs(day - int(facts.day[rival])) <= MARGIN
    ]
    return near or same


_Key = tuple[object, ...]


def _alone(nodes: Sequence[int], group: Ints, facts: Facts, *, with_day: bool) -> dict[_Key, int]:
    """Records by currency, amount and perhaps day, where all that have the same belong together."""
    found: defaultdict[_Key, list[int]] = defaultdict(list)
    for node in nodes:
        if facts.amount[node] != NO_INT:
            key = (facts.currency[node], int(facts.amount[node]))
            found[(*key, int(facts.day[node])) if with_day else key].append(node)
    return {key: mine[0] for key, mine in found.items() if len({int(group[node]) for node in mine}) == 1}
