"""A random semantic manifest as MetricFlow writes it, made of the parts in parts.yml.

Up to three facts (by day, hour or second) that reach listings, their owners and the owners' countries, buyers, a
history table with validity windows, a snapshot table (semi-additive), and two tables of events (conversions).
Metrics of every type, three levels deep; filters in all Jinja forms. Everything comes from one seed.
"""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

# A Monday; a Sunday and a month's end: the last buckets are whole.
FIRST, LAST = date(2020, 1, 6), date(2020, 5, 31)
Yaml = dict[str, Any]
PARTS = yaml.safe_load((Path(__file__).parent / "parts.yml").read_text(encoding="utf-8"))


def _of(fact: str, part: Any) -> Any:
    """A part with the fact's name in it."""
    return json.loads(json.dumps(part).replace("FACT", fact))


def _entity(name: str, kind: str, expr: str) -> Yaml:
    return {"name": name, "type": kind, "expr": expr}


def _time(name: str, expr: str, grain: str = "day", **more: Any) -> Yaml:
    return {"name": name, "type": "time", "expr": expr, "type_params": {"time_granularity": grain, **more}}


def _word(name: str, expr: str | None = None) -> Yaml:
    return {"name": name, "type": "categorical", "expr": expr or name}


class Manifest:
    """One random model; `documents` are MetricFlow's, `queries()` random ones over it."""

    def __init__(self, seed: int) -> None:
        self.seed, self.first, self.last, self.parts = seed, FIRST, LAST, PARTS
        self.pick = random.Random(seed)
        pick = self.pick
        self.nulls = pick.random() < 0.3
        self.documents: list[Yaml] = []
        self.grain: dict[str, str] = {}  # of each fact's time
        self.reach: dict[str, set[str]] = {}  # metric -> the group-bys that all of its facts reach
        self.filters: dict[str, list[str]] = {}  # fact -> filters that fit
        self.of: dict[str, frozenset[str]] = {}  # metric -> the facts behind it
        self.kind: dict[str, str] = {}
        self.has_levels = pick.random() < 0.4
        self.own_grain = pick.random() < 0.4
        self._dimensions()
        for number in range(pick.randint(1, 3)):
            self._fact(number)
        if pick.random() < 0.6:
            self._snapshots()
        if pick.random() < 0.5:
            self._events()
        self._composed()
        spine: Yaml = {
            "node_relation": {"alias": "days", "schema_name": "main"},
            "primary_column": {"name": "ds", "time_granularity": "day"},
        }
        if self.own_grain:
            spine["custom_granularities"] = [{"name": "week_of_four"}]
        hours: Yaml = {
            "node_relation": {"alias": "hours", "schema_name": "main"},
            "primary_column": {"name": "ts", "time_granularity": "hour"},
        }
        self.documents.append({"project_configuration": {"time_spines": [spine, hours]}})

    # ------------------------------------------------------------------------------------------------------- models

    def _model(self, name: str, parts: Yaml) -> None:
        relation = {"alias": name, "schema_name": "main"}
        self.documents.append({"semantic_model": {"name": name, "node_relation": relation, **parts}})

    def _dimensions(self) -> None:
        for model in (*PARTS["dimensions"], *([PARTS["levels"]] if self.has_levels else [])):
            self._model(model["name"], model)

    def _fact(self, number: int) -> None:
        pick, name = self.pick, f"fact{number}"
        keys = [key for key, share in (("user", 0.85), ("listing", 0.75)) if pick.random() < share]
        self.grain[name] = pick.choice(["day", "day", "day", "hour", "second"])
        entities = [_entity(name, "primary", "id"), *(_entity(key, "foreign", f"{key}_id") for key in keys)]
        if self.has_levels and pick.random() < 0.6:
            keys.append("held")
            entities.append(_entity("held", "foreign", "listing_id"))
        made = _of(name, PARTS["measures"])
        chosen = ["sum", *pick.sample(list(made)[1:], pick.randint(2, 5))]
        times = [_time(f"{name}_at", "happened", self.grain[name]), _time(f"{name}_paid", "paid_on")]
        model = {
            "defaults": {"agg_time_dimension": f"{name}_at"},
            "entities": entities,
            "dimensions": [_word("channel"), _word("flag"), *times],
            "measures": [{"name": f"{name}_{key}_m", **made[key]} for key in chosen],
        }
        self._model(name, model)
        reach = {each for key in ("fact", *keys) for each in _of(name, PARTS["reach"][key])}
        self.filters[name] = [each for key in ("fact", *keys) for each in _of(name, PARTS["filters"][key])]
        for key in chosen:
            self._simple(f"{name}_{key}", f"{name}_{key}_m", name, reach)
        if pick.random() < 0.7:
            self._simple(f"{name}_part", f"{name}_sum_m", name, reach, only=self._filter(name))
        if pick.random() < 0.5:
            fill: Yaml = {"fill_nulls_with": 0, "join_to_timespine": pick.random() < 0.6}
            self._simple(f"{name}_filled", f"{name}_sum_m", name, reach, measure=fill)
        if pick.random() < 0.3:
            self._simple(
                f"{name}_on_spine", f"{name}_sum_m", name, reach, measure={"join_to_timespine": True}
            )

    def _filter(self, fact: str) -> str:
        # MetricFlow knows no metric inside a filter of a metric that it needs itself: fact0_sum is never filtered so.
        return self.pick.choice(self.filters[fact])

    def _metric(
        self, name: str, kind: str, facts: frozenset[str], reach: set[str], params: Yaml, **more: Any
    ) -> None:
        self.documents.append(
            {"metric": {"name": name, "description": name, "type": kind, "type_params": params, **more}}
        )
        self.of[name], self.reach[name], self.kind[name] = facts, reach, kind

    def _simple(
        self,
        name: str,
        measure_name: str,
        fact: str,
        reach: set[str],
        *,
        measure: Yaml | None = None,
        only: str | None = None,
    ) -> None:
        more = {"filter": only} if only else {}
        self._metric(
            name,
            "simple",
            frozenset({fact}),
            set(reach),
            {"measure": {"name": measure_name, **(measure or {})}},
            **more,
        )

    def _snapshots(self) -> None:
        pick = self.pick
        measures = []
        for name, agg in (("at_end", "sum"), ("at_start", "sum"), ("of_each", "sum"), ("lowest", "min")):
            window: Yaml = {"name": "snapshot_day", "window_choice": "min" if name == "at_start" else "max"}
            if name == "of_each":
                window["window_groupings"] = [pick.choice(["user", "account"])]
            measures.append(
                {"name": f"{name}_m", "agg": agg, "expr": "balance", "non_additive_dimension": window}
            )
        model = {
            "primary_entity": "snapshot",
            "defaults": {"agg_time_dimension": "snapshot_day"},
            "entities": [_entity("account", "foreign", "account_id"), _entity("user", "foreign", "user_id")],
            "dimensions": [_word("kind"), _time("snapshot_day", "day")],
            "measures": measures,
        }
        self._model("snapshots", model)
        self.filters["snapshots"] = PARTS["filters"]["snapshots"]
        for measure in measures:
            self._simple(measure["name"][:-2], measure["name"], "snapshots", set(PARTS["reach"]["snapshots"]))

    def _events(self) -> None:
        pick = self.pick
        words = {
            "visits": [_word("source"), _word("visit_item", "item")],
            "buys": [_word("buy_item", "item")],
        }
        for name, dimensions in words.items():
            people = {"name": f"{name[:-1]}ers_m", "agg": "count_distinct", "expr": "user_id"}
            measures: list[Yaml] = [{"name": f"{name}_m", "agg": "count", "expr": "1"}, people]
            model = {
                "primary_entity": name[:-1],
                "defaults": {"agg_time_dimension": f"{name}_at"},
                "entities": [_entity("user", "foreign", "user_id")],
                "dimensions": [*dimensions, _time(f"{name}_at", "seen_on")],
                "measures": measures,
            }
            self._model(name, model)
            self.filters[name] = PARTS["filters"][name]
            self._simple(name, f"{name}_m", name, set(PARTS["reach"][name]))
        for at in range(pick.randint(1, 3)):
            params: Yaml = {
                "base_measure": {"name": pick.choice(["visits_m", "visits_m", "visiters_m"])},
                "conversion_measure": {"name": pick.choice(["buys_m", "buys_m", "buyers_m"])},
                "entity": "user",
                "calculation": pick.choice(["conversion_rate", "conversions"]),
            }
            if pick.random() < 0.7:
                params["window"] = pick.choice(["3 days", "1 week", "1 month"])
            if pick.random() < 0.3:
                params["constant_properties"] = [
                    {"base_property": "visit_item", "conversion_property": "buy_item"}
                ]
            if pick.random() < 0.3:
                params["base_measure"]["filter"] = "{{ Dimension('visit__source') }} = 's'"
            if pick.random() < 0.2:
                params["conversion_measure"]["fill_nulls_with"] = 0
            more = {"filter": "{{ Dimension('visit__source') }} <> 't'"} if pick.random() < 0.3 else {}
            self._metric(
                f"converted{at}", "conversion", frozenset({"visits"}), {"user", "user__tier", "visit__source"},
                {"conversion_type_params": params}, **more,
            )  # fmt: skip

    # ------------------------------------------------------------------------------------------- metrics of metrics

    def _composed(self) -> None:
        for at in range(self.pick.randint(3, 8)):
            make = self.pick.choice(
                [self._ratio, self._derived, self._derived, self._cumulative, self._cumulative]
            )
            make(f"{make.__name__[1:]}{at}")

    def _input(self, name: str, *, alias: str | None = None, moves: bool = False) -> Yaml:
        pick, part = self.pick, {"name": name}
        if alias:
            part["alias"] = alias
        if pick.random() < 0.25 and len(self.of[name]) == 1:
            part["filter"] = self._filter(next(iter(self.of[name])))
        if moves and pick.random() < 0.5:
            if pick.random() < 0.7:
                part["offset_window"] = pick.choice(self._offsets(name))
            else:
                part["offset_to_grain"] = pick.choice(["week", "month", "quarter"])
        return part

    def _offsets(self, name: str) -> list[str]:
        """How far a metric may be moved: by hours where its times have them, by buckets where there is a calendar."""
        found = ["1 day", "7 days", "2 weeks", "1 month", "1 quarter"]
        if self.own_grain:
            found += ["1 week_of_four", "2 week_of_four"]
        fine = all(self.grain.get(fact) == "hour" for fact in self.of[name])
        return found + (["1 hour", "5 hours", "30 hours"] if fine else [])

    def _ratio(self, name: str) -> None:
        over, under = self._of_two()
        params = {
            "numerator": self._input(over, alias="top"),
            "denominator": self._input(under, alias="bottom"),
        }
        self._metric(
            name,
            "ratio",
            self.of[over] | self.of[under],
            self.reach[over] & self.reach[under],
            params,
            **self._narrowed(over, under),
        )

    def _of_two(self) -> tuple[str, str]:
        known = [name for name, kind in self.kind.items() if kind in ("simple", "ratio", "derived")]
        return self.pick.choice(known), self.pick.choice(known)

    def _narrowed(self, *names: str) -> Yaml:
        facts = frozenset().union(*(self.of[name] for name in names))
        return (
            {"filter": self._filter(next(iter(facts)))}
            if len(facts) == 1 and self.pick.random() < 0.2
            else {}
        )

    def _derived(self, name: str) -> None:
        known = [each for each, kind in self.kind.items() if kind != "cumulative" or self.pick.random() < 0.3]
        names = [self.pick.choice(known) for _ in range(self.pick.randint(1, 3))]
        moves = all(self.kind[each] != "conversion" for each in names)
        inputs = [self._input(each, alias=f"v{at}", moves=moves) for at, each in enumerate(names)]
        expr = self.pick.choice(
            {1: ["v0 * 2", "v0 + 1"], 2: ["v0 - v1", "v0 + v1 * 10"], 3: ["v0 - v1 + v2", "(v0 + v1) * v2"]}[
                len(names)
            ]
        )
        facts = frozenset().union(*(self.of[each] for each in names))
        reach = set.intersection(*(self.reach[each] for each in names))
        self._metric(
            name, "derived", facts, reach, {"expr": expr, "metrics": inputs}, **self._narrowed(*names)
        )

    def _cumulative(self, name: str) -> None:
        pick = self.pick
        facts = [fact for fact in self.filters if fact.startswith("fact")]
        fact = pick.choice(facts)
        keys = [
            each
            for each, kind in self.kind.items()
            if kind == "simple"
            and self.of[each] == {fact}
            and each.rpartition("_")[2] not in ("part", "filled", "spine")
        ]
        source = pick.choice(keys)
        params: Yaml = {}
        how = pick.choice(["none", "window", "window", "to_date"])
        if how == "window":
            params["window"] = pick.choice(["1 day", "7 days", "2 weeks", "1 month"])
        elif how == "to_date":
            params["grain_to_date"] = pick.choice(["week", "month", "year"])
        if pick.random() < 0.4:
            params["period_agg"] = pick.choice(["first", "last", "average"])
        measure: Yaml = {"name": f"{source}_m"}
        if pick.random() < 0.2:
            measure["fill_nulls_with"] = 0
        self._metric(
            name,
            "cumulative",
            frozenset({fact}),
            self.reach[source],
            {"measure": measure, "cumulative_type_params": params},
            **self._narrowed(source),
        )

    def yaml(self) -> str:
        """Return the documents as one text."""
        return yaml.safe_dump_all(self.documents, sort_keys=False)


@pytest.fixture(scope="session")
def manifest_of():
    """Makes a manifest from a seed."""
    return Manifest
