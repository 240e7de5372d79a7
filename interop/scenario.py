"""The tables that the app wrote, step by step, and what the rule of each commit says they hold."""

import gzip
import json
import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache, wraps
from pathlib import Path

from pyiceberg.table import StaticTable

VENDORS = {"nytaxi-vendor-one": 1, "nytaxi-vendor-two": 2}


@dataclass(frozen=True)
class Step:
    """One workflow that was run on a table, with the table as it was exported afterwards."""

    name: str
    save_mode: str
    partitioned_by: tuple[str, ...]
    table: StaticTable
    # The vendor whose trips each snapshot of this step brought, by snapshot id.
    vendors: dict[int, int]
    # The rows per (vendor, month) that the table must hold after this step.
    rows: Counter
    # The folder in which the table is raw01/ny_taxi_04.
    warehouse: Path


@cache
def trips() -> Counter:
    """The input's trips per (vendor, month)."""
    counts = Counter()
    with gzip.open(_scenario()["trips"], "rt") as lines:
        for line in lines:
            trip = json.loads(line)
            pickup = datetime.fromtimestamp(trip["pickup_datetime"] / 1000, timezone.utc)
            counts[trip["vendor_id"], f"{pickup:%Y-%m}"] += 1
    return counts


def trips_of(vendor: int) -> Counter:
    return Counter({row: count for row, count in trips().items() if row[0] == vendor})


@cache
def steps() -> list[Step]:
    """The steps of all tables, each table's in order."""
    return [step for table in _scenario()["tables"] for step in _read_table(table)]


def for_each(cases):
    """Runs a test once per case (its name, then its arguments); those that fail are told by name."""

    def decorate(test):
        @wraps(test)
        def run(self):
            for name, *case in cases():
                with self.subTest(name):
                    test(self, *case)

        return run

    return decorate


def _scenario() -> dict:
    return json.loads(Path(os.environ["ICEJAM_SCENARIO"]).read_text())


def _read_table(table: dict):
    rows = Counter()
    for number, step in enumerate(table["steps"], 1):
        (workflow,) = step["report"]["workflows"]
        (export,) = step["report"]["exports"]
        opened = StaticTable.from_metadata(f"file://{export['metadata']}")
        vendors = {int(job["snapshotId"]): VENDORS[job["name"]] for job in workflow["jobs"]}
        commits = sorted(opened.metadata.snapshots, key=lambda each: each.sequence_number)
        for vendor in (vendors[each.snapshot_id] for each in commits if each.snapshot_id in vendors):
            rows = _commit(rows, trips_of(vendor), step["saveMode"], table["partitionedBy"])
        yield Step(
            name=f"{table['name']}, step {number} ({step['saveMode']})",
            save_mode=step["saveMode"],
            partitioned_by=tuple(table["partitionedBy"]),
            table=opened,
            vendors=vendors,
            rows=rows,
            warehouse=Path(export["metadata"]).parents[3],
        )


def _commit(held: Counter, produced: Counter, save_mode: str, partitioned_by: list[str]) -> Counter:
    """An append adds; a dynamic overwrite first drops each partition that it has rows for."""
    if save_mode == "append":
        return held + produced
    keys = [("vendor_id", "month").index(name) for name in partitioned_by]
    replaced = {tuple(row[key] for key in keys) for row in produced}
    kept = {row: count for row, count in held.items() if tuple(row[key] for key in keys) not in replaced}
    return Counter(kept) + produced
