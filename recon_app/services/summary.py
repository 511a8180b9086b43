"""The figures of a run: totals, counts, small tables, proofs of payouts and clearing accounts."""

from __future__ import annotations

from dataclasses import dataclass

from recon_app.models.case import CALM, Evidence, Kind, State
from recon_app.models.panel import Panel
from recon_app.models.problem import UsageError
from recon_app.models.proof import ClearingProof, PayoutProof
from recon_app.services.run import inputs_digest, read_inputs, reconciliation
from recon_app.store import results
from recon_app.store.workspace import Workspace

#: States in which a difference no longer counts as open.
_SETTLED = frozenset({State.ACCEPTED, State.VERIFIED})
_CALM = frozenset(str(kind) for kind in CALM)


@dataclass(frozen=True)
class Total:
    """Figures of one currency, in minor units.

    Attributes:
        currency: ISO code.
        sides: Sum per side; the bank's is of payouts, the others' of single lines.
        paid: What the platform paid out: sum of the payouts, to be compared with the bank.
        difference: Sum of the cases' differences.
        explained: The part of it that is timing, accepted or verified.
        open: The part that is neither: it must reach zero.
    """

    currency: str
    sides: dict[str, int]
    paid: int
    difference: int
    explained: int
    open: int


@dataclass(frozen=True)
class UnitTotal:
    """Differences of goods in one unit, positive millionths; plus and minus never cancel out.

    Attributes:
        unit: Unit of measure.
        plus: Sum of what is too much.
        minus: Sum of what is missing.
        open_plus: The part of plus that is neither timing nor accepted nor verified.
        open_minus: The same of minus.
    """

    unit: str
    plus: int
    minus: int
    open_plus: int
    open_minus: int


@dataclass(frozen=True)
class Summary:
    """Figures of the newest run.

    Attributes:
        run: Number of the run.
        period: ``YYYY-MM`` or None.
        finished: ISO moment in UTC.
        files_changed: Whether files or answers changed since.
        totals: Per currency.
        quantities: Per unit, where goods are compared.
        counts: Cases per kind.
        open_counts: Cases per kind that still need a person.
        proposals: Answers that were assumed and should be confirmed.
        remarks: What was left out.
        panels: Small tables about the result as a whole.
    """

    run: int
    period: str | None
    finished: str
    files_changed: bool
    totals: list[Total]
    quantities: list[UnitTotal]
    counts: dict[Kind, int]
    open_counts: dict[Kind, int]
    proposals: dict[str, str]
    remarks: list[str]
    panels: tuple[Panel, ...] = ()


def summary(ws: Workspace, name: str) -> Summary | None:
    """Figures of the newest run, None when it never ran."""
    last = results.latest_run(ws, name)
    if last is None:
        return None
    counts: dict[Kind, int] = {}
    open_counts: dict[Kind, int] = {}
    for (kind, state), count in results.count_cases(ws, last.id).items():
        counts[Kind(kind)] = counts.get(Kind(kind), 0) + count
        if _is_open(kind, state):
            open_counts[Kind(kind)] = open_counts.get(Kind(kind), 0) + count
    return Summary(
        run=last.id,
        period=last.period,
        finished=last.finished,
        files_changed=last.summary["inputs"] != inputs_digest(ws),
        totals=_totals(ws, last),
        quantities=_quantities(ws, last),
        counts=counts,
        open_counts=open_counts,
        proposals=dict(last.summary["proposals"]),
        remarks=list(last.summary["remarks"]),
        panels=tuple(Panel.from_json(panel) for panel in last.summary.get("panels", ())),
    )


def open_count(ws: Workspace, name: str) -> int:
    """How many cases of the newest run still need a person; 0 when it never ran."""
    last = results.latest_run(ws, name)
    found = {} if last is None else results.count_cases(ws, last.id)
    return sum(count for (kind, state), count in found.items() if _is_open(kind, state))


def _is_open(kind: str, state: str) -> bool:
    return kind not in _CALM and state in (State.OPEN, State.REOPENED)


def last_run(ws: Workspace, name: str) -> results.RunRow:
    """The newest run.

    Raises:
        UsageError: the reconciliation never ran.
    """
    last = results.latest_run(ws, name)
    if last is None:
        raise UsageError(f"{name} was never run; run it first")
    return last


def _totals(ws: Workspace, last: results.RunRow) -> list[Total]:
    sides: dict[str, dict[str, int]] = last.summary["sides"]
    explained: dict[str, int] = {}
    still_open: dict[str, int] = {}
    for currency, kind, state, minor in results.sum_deltas(ws, last.id):
        settled = kind in _CALM or state in _SETTLED
        target = explained if settled else still_open
        target[currency] = target.get(currency, 0) + minor
    return [
        Total(
            currency,
            sides.get(currency, {}),
            last.summary["paid"].get(currency, 0),
            explained.get(currency, 0) + still_open.get(currency, 0),
            explained.get(currency, 0),
            still_open.get(currency, 0),
        )
        for currency in sorted({*sides, *explained, *still_open})
    ]


def _quantities(ws: Workspace, last: results.RunRow) -> list[UnitTotal]:
    sums: dict[str, list[int]] = {}
    for unit, kind, state, plus, minus in results.sum_quantities(ws, last.id):
        settled = kind in _CALM or state in _SETTLED
        before = sums.setdefault(unit, [0, 0, 0, 0])
        sums[unit] = [
            total + more
            for total, more in zip(
                before, (plus, minus, *((0, 0) if settled else (plus, minus))), strict=True
            )
        ]
    return [UnitTotal(unit, *found) for unit, found in sorted(sums.items())]


def payouts(ws: Workspace, name: str) -> list[PayoutProof]:
    """Proof of every payout of the newest run."""
    last = results.latest_run(ws, name)
    return [
        PayoutProof(
            payout=proof["payout"],
            currency=proof["currency"],
            terms=tuple((term, minor) for term, minor in proof["terms"]),
            total=proof["total"],
            bank=proof["bank"],
            causes=tuple(Evidence(code, text) for code, text in proof["causes"]),
        )
        for proof in (last.summary["payouts"] if last is not None else ())
    ]


def clearing(ws: Workspace, name: str, cut_off: int) -> list[ClearingProof]:
    """Prove the clearing accounts at the end of a day (days since 1970-01-01)."""
    recon = reconciliation(name)
    inputs = read_inputs(ws, recon)
    return recon.clearing(inputs, recon.reconcile(inputs, lambda *_: None), cut_off)
