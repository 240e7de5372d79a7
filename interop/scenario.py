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

from engines import in_order

MANY_ROWS = 1000
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
    directory: Path


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


def each_step():
    return ((step.name, step) for step in steps())


def each_last_step():
    last = {step.partitioned_by: step for step in steps()}
    return ((name_of(step), step) for step in last.values())


def name_of(step: Step) -> str:
    """A name for the table of a step."""
    return f"taxi_by_{'_'.join(step.partitioned_by)}"


@dataclass(frozen=True)
class Exported:
    """A table that the app wrote, or adopted and went on writing, as it was exported in the end."""

    name: str
    directory: Path
    table: StaticTable
    # What the app sees at each snapshot: its rows, or how many there are if they are many.
    snapshots: dict[int, list | int]
    # What the app says of each snapshot: parentId, summary and files (name, partition, rows).
    history: dict[int, dict]
    # What the app says of each branch and tag: its type and snapshot.
    refs: dict[str, list]
    # What the app saw right after it had adopted a table of others.
    adopted: dict[int, list | int] | None
    # A query of which the table holds the rows.
    sql: str | None


@cache
def exported() -> list[Exported]:
    return [_read_exported(table) for table in _scenario()["exported"]]


def others() -> list[dict]:
    """The tables that others wrote: `snapshots` as their writer sees them, or only the `counts` of their rows."""
    return _scenario()["others"]


def each_exported(names=None):
    return ((table.name, table) for table in exported() if names is None or table.name in names)


def told(history: dict[int, dict]) -> dict[int, tuple]:
    """Parent and summary of each snapshot, without what an export changes: the lengths of position delete files."""
    summaries = [snapshot["summary"] for snapshot in history.values()]
    moves = any(int(summary.get("total-delete-files", 0)) > 0 for summary in summaries)

    def kept(summary):
        return {key: text for key, text in summary.items() if not (moves and key.endswith("files-size"))}

    return {
        snapshot_id: (snapshot["parentId"] and int(snapshot["parentId"]), kept(snapshot["summary"]))
        for snapshot_id, snapshot in history.items()
    }


def continued() -> dict[str, dict]:
    """The exported tables that others went on writing, as `goes_on` wrote them down."""
    file = _continued()
    return json.loads(file.read_text()) if file.exists() else {}


def goes_on(name: str, table: Exported | Step, rows: dict[str, list | int], told: dict, left="") -> None:
    """Writes down what another engine wrote on an exported table. `rows`: what it sees at some branches and tags;
    `told`: what it says of all, as `history` and `refs` in `Exported`; `left`: its last metadata file."""
    known = continued()
    snapshots = known.get(name, {}).get("snapshots", {})
    for ref, found in rows.items():
        _, snapshot_id = told["refs"][ref]
        is_long = isinstance(found, list) and len(found) > MANY_ROWS
        snapshots[snapshot_id] = len(found) if is_long else found
    known[name] = {"directory": str(table.directory), "left": left, "snapshots": snapshots, **told}
    _continued().write_text(json.dumps(known))


def alike(test, found, seen) -> None:
    """Rows of two readers are the same, whatever their order; if they are many, only their number is compared."""
    if isinstance(seen, int):
        test.assertEqual(found if isinstance(found, int) else len(found), seen)
    else:
        test.assertEqual(in_order(found), in_order(seen))


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


def _continued() -> Path:
    return Path(os.environ["ICEJAM_SCENARIO"]).with_name("continued.json")


def _scenario() -> dict:
    return json.loads(Path(os.environ["ICEJAM_SCENARIO"]).read_text())


def _read_exported(table: dict) -> Exported:
    def by_id(snapshots):
        return {int(snapshot_id): rows for snapshot_id, rows in snapshots.items()}

    metadata = Path(table["metadata"])
    return Exported(
        name=table["name"],
        directory=metadata.parents[1],
        table=StaticTable.from_metadata(f"file://{metadata}"),
        snapshots=by_id(table["snapshots"]),
        history=by_id(table["history"]),
        refs=table["refs"],
        adopted=by_id(table["adopted"]) if "adopted" in table else None,
        sql=table.get("sql"),
    )


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
            directory=Path(export["metadata"]).parents[1],
        )


def _commit(held: Counter, produced: Counter, save_mode: str, partitioned_by: list[str]) -> Counter:
    """An append adds; a dynamic overwrite first drops each partition that it has rows for."""
    if save_mode == "append":
        return held + produced
    keys = [("vendor_id", "month").index(name) for name in partitioned_by]
    replaced = {tuple(row[key] for key in keys) for row in produced}
    kept = {row: count for row, count in held.items() if tuple(row[key] for key in keys) not in replaced}
    return Counter(kept) + produced
