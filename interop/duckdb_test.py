"""DuckDB opens what the app exported, every snapshot of it, and sees the rows that the app sees."""

import unittest
from functools import cache
from importlib.resources import files

import duckdb

from engines import canonical
from scenario import alike, each_exported, for_each, steps


@cache
def connection():
    """The one connection, with the extensions that came as packages: nothing is fetched."""
    opened = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    for name in ("avro", "iceberg"):
        packaged = files(f"duckdb_extension_{name}") / "extensions" / f"v{duckdb.__version__}"
        opened.load_extension(str(packaged / f"{name}.duckdb_extension"))
    opened.execute("set timezone = 'UTC'")
    return opened


def scan(table, snapshot_id):
    path = table.metadata_location.removeprefix("file://")
    return f"from iceberg_scan('{path}', snapshot_from_id => {snapshot_id})"


def count_of(table, snapshot_id):
    return connection().execute(f"select count(*) {scan(table, snapshot_id)}").fetchone()[0]


def rows_of(table, snapshot_id):
    found = connection().execute(scan(table, snapshot_id)).to_arrow_table()
    return [canonical(row) for row in found.to_pylist(maps_as_pydicts="strict")]


def readable(table):
    """Its snapshots, but for those of old writers that name no schema: DuckDB 1.5.5 crashes on them."""
    return [each.snapshot_id for each in table.metadata.snapshots if each.schema_id is not None]


class DuckDbReads(unittest.TestCase):
    @for_each(each_exported)
    def test_every_snapshot_has_the_rows_that_the_app_sees(self, exported):
        for snapshot_id in readable(exported.table):
            rows = exported.snapshots[snapshot_id]
            if isinstance(rows, int):
                self.assertEqual(count_of(exported.table, snapshot_id), rows)
            else:
                alike(self, rows_of(exported.table, snapshot_id), rows)

    @for_each(lambda: ((step.name, step) for step in steps()))
    def test_the_use_case_has_its_rows(self, step):
        snapshot_id = step.table.current_snapshot().snapshot_id
        self.assertEqual(count_of(step.table, snapshot_id), step.rows.total())


if __name__ == "__main__":
    unittest.main()
