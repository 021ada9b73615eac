"""The truth of a set: what every mail is, what every unit reported, and where each unit stands when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.corpus.grids import Told
from tests.corpus.mails import Mail
from tests.corpus.plan import SEXES, Counted, SetPlan


@dataclass(slots=True)
class Entry:
    """What is right about one mail. `unit` ids it hands in for, with whether that counts."""

    mail: Mail
    wanted: str  #: its class
    also: tuple[str, ...] = ()
    units: tuple[tuple[str, bool | str], ...] = ()
    review: str = "no"
    reasons: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


@dataclass(slots=True)
class Truth:
    """Collected while the mails are made."""

    plan: SetPlan
    entries: list[Entry] = field(default_factory=list)
    values: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    narrative: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, unit: str, told: Iterable[Told], mail: Mail, **over: str) -> None:
        """Record figures of a unit; a later document takes the place of an earlier one."""
        counted = {c.code: c for c in self.plan.indicators}
        for one in told:
            key = (unit, one.code, SEXES[one.sex])
            known = self.values.get(key)
            if (
                known
                and known["mail"] is mail
                and known["status"] == "reported"
                and one.status == "derivable"
            ):
                continue
            self.values[key] = {
                "mail": mail,
                "unit_of_measure": counted[one.code].unit,
                "value": one.value,
                "status": one.status,
                "review": one.review,
                "reason": one.reason,
                "where": one.place,
                "text": one.text,
            } | over

    def derive_zeros(self, unit: str, asked: Iterable[Counted], mail: Mail) -> None:
        """Where there was no case there was nobody in it: such a zero may be given."""
        for counted in asked:
            parent = self.values.get((unit, counted.nil_with, "total")) if counted.nil_with else None
            if parent and parent["value"] == 0 and parent["status"] == "reported":
                for sex in counted.sexes:
                    if (unit, counted.code, SEXES[sex]) not in self.values:
                        told = Told(
                            counted.code,
                            sex,
                            Decimal(0),
                            "",
                            "",
                            "derivable",
                            "optional",
                            f"{counted.nil_with} is 0",
                        )
                        self.tell(unit, [told], mail)

    # -- as JSON ---------------------------------------------------------------------------------------

    def written(self) -> dict[str, Any]:
        """truth.json; every mail must have its number by now."""
        plan = self.plan
        moments = (
            plan.due + timedelta(hours=8),
            plan.due + timedelta(days=3, hours=8),
            plan.due + timedelta(days=25),
        )
        return {
            "set": plan.name,
            "regime": "regime.json",
            "as_of_final": {plan.report_id: moments[-1].isoformat()},
            "messages": [self._message(entry) for entry in sorted(self.entries, key=lambda e: e.mail.n)],
            "unit_states": [
                {
                    "report": plan.report_id,
                    "period": plan.period_id,
                    "as_of": moment.isoformat(),
                    "states": [self._state(unit.id, moment) for unit in plan.units],
                }
                for moment in moments
            ],
            "values": [self._value(key, facts) for key, facts in sorted(self.values.items())],
            "totals": self._totals(),
            "narrative": [
                {name: item for name, item in told.items() if name != "mail"} | {"message": told["mail"].n}
                for told in self.narrative
            ],
            "ratio_defs": [[r.code, list(r.numerator), list(r.denominator)] for r in plan.ratios],
            "expected_review": [
                {"kind": "message", "message": entry.mail.n, "reasons": list(entry.reasons)}
                for entry in self.entries
                if entry.review == "required"
            ],
        }

    def _message(self, entry: Entry) -> dict[str, Any]:
        plan = self.plan
        matches = [
            {"unit": unit, "report": plan.report_id, "period": plan.period_id, "counts": counts}
            for unit, counts in entry.units
        ]
        only = matches[0] if len(matches) == 1 else {}
        return {
            "n": entry.mail.n,
            "file": f"messages/{entry.mail.n}.eml",
            "class": entry.wanted,
            "also_accepted_class": list(entry.also),
            "unit": only.get("unit"),
            "report": only.get("report"),
            "period": only.get("period"),
            "matches": matches,
            "received_at": entry.mail.arrival.isoformat(),
            "review": entry.review,
            "reasons": list(entry.reasons),
            "features": list(entry.features),
            "attachments": [{"name": file.name, "size": len(file.content)} for file in entry.mail.files],
        }

    def _state(self, unit: str, moment: datetime) -> dict[str, Any]:
        mine = [
            (entry, counts)
            for entry in sorted(self.entries, key=lambda e: e.mail.arrival)
            for own, counts in entry.units
            if own == unit and entry.mail.arrival <= moment
        ]
        valid = [entry for entry, counts in mine if counts is True]
        waiting = [entry for entry, counts in mine if counts == "needs_review"]
        forged = [entry for entry, counts in mine if counts is False and entry.wanted == "spoof"]
        also: list[str] = []
        if valid:
            state = self._timeliness(valid[0])
            also = ["needs_review"] if valid[0].review == "optional" else []
        elif waiting:
            state, also = "needs_review", [self._timeliness(waiting[0])]
        else:
            state, also = "missing", ["needs_review"] if forged else []
        return {"unit": unit, "state": state, "also_accepted": also}

    def _timeliness(self, entry: Entry) -> str:
        return "on_time" if entry.mail.arrival < self.plan.due else "late"

    def _value(self, key: tuple[str, str, str], facts: dict[str, Any]) -> dict[str, Any]:
        unit, code, sex = key
        source = {"message": facts["mail"].n, "where": facts["where"], "text": facts["text"]}
        return {
            "unit": unit,
            "report": self.plan.report_id,
            "indicator": code,
            "sex": sex,
            "value": float(facts["value"]),
            "unit_of_measure": facts["unit_of_measure"],
            "status": facts["status"],
            "review": facts["review"],
            "reason": facts["reason"],
            "sources": [source],
        }

    def _totals(self) -> list[dict[str, Any]]:
        plan = self.plan
        kinds = {unit.id: unit.kind for unit in plan.units}
        totals: list[dict[str, Any]] = []
        for counted in plan.indicators:
            for letter in counted.sexes:
                sex = SEXES[letter]
                held = {
                    unit: facts
                    for (unit, code, own), facts in self.values.items()
                    if (code, own) == (counted.code, sex)
                    and kinds[unit] in reporters(plan, counted)
                    and facts["status"] in ("reported", "derivable")
                }
                sure = sorted(u for u, f in held.items() if f["status"] == "reported" and f["review"] == "no")
                totals.append(
                    {
                        "report": plan.report_id,
                        "indicator": counted.code,
                        "sex": sex,
                        "value": float(sum((f["value"] for f in held.values()), Decimal(0))),
                        "unit_of_measure": counted.unit,
                        "units": sure,
                        "units_optional": sorted(set(held) - set(sure)),
                    }
                )
        return totals


def reporters(plan: SetPlan, counted: Counted) -> tuple[str, ...]:
    """The kinds of unit whose figure counts into the total."""
    return counted.reported_by or tuple(kind for kind, codes in plan.by_kind.items() if counted.code in codes)
