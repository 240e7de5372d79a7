"""Trino opens what the app exported, filters it by every column, and goes on writing it."""

import unittest
from collections import Counter
from pathlib import Path

from pyiceberg.types import FixedType

from scenario import MANY_ROWS, alike, each_exported, each_last_step, each_step, for_each, goes_on, name_of, told
from trino_engine import left_by_trino, quoted, register, take_over
from trino_engine import trino_answer, trino_number, trino_rows, trino_told

COMPARABLE = ("boolean", "int", "bigint", "real", "double", "decimal", "date", "time", "varchar", "varbinary", "uuid")


# Dropping a field of a spec of version 1 makes it `void`: Trino's table of partitions then fails, on Spark's own too.
WITH_VOID = {"spark_v1"}


def trips_in(table):
    """The trips per vendor and month."""
    month = "date_format(date_col, '%Y-%m')"
    rows = trino_answer(f"select vendor_id, {month} as month, count(*) as n from {table} group by 1, 2")
    return Counter({(row["vendor_id"], row["month"]): row["n"] for row in rows})


def comparable(table, schema):
    """The columns that can be in a filter, with their types. On a `fixed`, which it shows as varbinary, Trino fails."""
    fixed = {field.name for field in schema.fields if isinstance(field.field_type, FixedType)}
    rows = trino_rows(f"describe {table}")
    return [(quoted(name), kind) for name, kind, *_ in rows if kind.startswith(COMPARABLE) and name not in fixed]


def lower_case(rows):
    """Trino knows columns by their names in lower case."""
    return [{name.lower(): value for name, value in row.items()} for row in rows]


def extremes(table, column):
    """The least values of a column and the greatest, with the number of rows that have each, as a full scan finds them."""
    counted = f"(select {column}, count(*) from {table} group by 1 order by 1"
    rows = trino_rows(f"{counted} nulls first limit 3) union {counted} desc nulls last limit 3)")
    return [(value, number) for value, number in rows if value == value]


def condition(column, kind, value):
    """A filter, as SQL and the parameters in it."""
    return (f"{column} is null", ()) if value is None else (f"{column} = cast(? as {kind})", (value,))


class TrinoReads(unittest.TestCase):
    @for_each(each_step)
    def test_the_use_case_has_its_rows_per_vendor_and_month(self, step):
        self.assertEqual(trips_in(register(step.table.metadata_location)), step.rows)

    @for_each(each_step)
    def test_a_filter_finds_all_rows_of_a_vendor_and_a_month(self, step):
        january = "date_col >= timestamp '2016-01-01 UTC' and date_col < timestamp '2016-02-01 UTC'"
        for vendor in (1, 2):
            query = f"select count(*) from {register(step.table.metadata_location)} where vendor_id = {vendor} and {january}"
            self.assertEqual(trino_number(query), step.rows[vendor, "2016-01"])

    @for_each(each_exported)
    def test_every_snapshot_has_the_rows_that_the_app_sees(self, exported):
        for snapshot_id, rows in exported.snapshots.items():
            at = f"from {register(exported.table.metadata_location)} for version as of {snapshot_id}"
            if isinstance(rows, int):
                self.assertEqual(trino_number(f"select count(*) {at}"), rows)
            else:
                alike(self, trino_answer(f"select * {at}"), lower_case(rows))

    @for_each(each_exported)
    def test_a_filter_on_each_column_finds_what_a_reading_of_all_rows_finds(self, exported):
        table = register(exported.table.metadata_location)
        for column, kind in comparable(table, exported.table.schema()):
            found = extremes(table, column)
            filters = [condition(column, kind, value) for value, _ in found]
            query = " union all ".join(f"select {n}, count(*) from {table} where {sql}" for n, (sql, _) in enumerate(filters))
            counts = dict(trino_rows(query, *(value for _, values in filters for value in values)))
            self.assertEqual([counts[n] for n in range(len(found))], [number for _, number in found], column)

    @for_each(each_exported)
    def test_parents_summaries_branches_and_tags_are_those_that_the_app_tells(self, exported):
        found = trino_told(register(exported.table.metadata_location))
        self.assertEqual(told(found["history"]), told(exported.history))
        self.assertEqual(found["refs"], exported.refs)

    @for_each(each_exported)
    def test_files_and_partitions_are_those_that_the_app_tells(self, exported):
        table = register(exported.table.metadata_location)
        query = f'select file_path, record_count from "{table}$files" where content = 0'
        found = [(Path(file["file_path"]).name, file["record_count"]) for file in trino_answer(query)]
        seen = exported.history[exported.table.current_snapshot().snapshot_id]["files"]
        self.assertEqual(sorted(found), sorted((file["name"], file["rows"]) for file in seen))
        if exported.name not in WITH_VOID:
            files = trino_number(f'select count(*) from "{table}$files"')
            self.assertEqual(trino_number(f'select coalesce(sum(file_count), 0) from "{table}$partitions"'), files)


class TrinoWrites(unittest.TestCase):
    """It changes the tables, which Spark then takes over."""

    @for_each(each_last_step)
    def test_the_use_case_goes_on(self, step):
        name = name_of(step)
        table = take_over(name, step.table)
        before = trips_in(table)
        trino_rows(f"insert into {table} select * from {table} where vendor_id = 1 limit 10")
        last = max(month for vendor, month in before if vendor == 2)
        month = "date_format(date_col, '%Y-%m')"
        trino_rows(f"delete from {table} where vendor_id = 2 and {month} = '{last}'")
        rows = trips_in(table)
        self.assertNotIn((2, last), rows)
        self.assertEqual(rows.total(), before.total() + 10 - before[2, last])
        goes_on(name, step, {"main": rows.total()}, trino_told(table), left_by_trino(table))

    @for_each(each_exported)
    def test_writing_goes_on(self, exported):
        table = take_over(exported.name, exported.table)
        count = trino_number(f"select count(*) from {table}")
        trino_rows(f"alter table {table} add column by_trino bigint")
        trino_rows(f"insert into {table} select * from {table} limit 2")
        count += 2
        if exported.table.metadata.format_version > 1:
            count -= self.change_rows(table, exported.table.schema())
        self.assertEqual(trino_number(f"select count(*) from {table}"), count)
        names = {field.name.lower(): field.name for field in exported.table.schema().fields}
        found = trino_answer(f"select * from {table}") if count <= MANY_ROWS else []
        rows = [{names.get(name, name): value for name, value in row.items()} for row in found] or count
        goes_on(exported.name, exported, {"main": rows}, trino_told(table), left_by_trino(table))

    def change_rows(self, table, schema):
        """Updates the rows with one value of the first column and deletes those with another; answers how many that were."""
        column, kind = comparable(table, schema)[0]
        found = extremes(table, column)
        (dropped, deleted), (changed, updated) = found[0], found[-1]
        where, values = condition(column, kind, changed)
        trino_rows(f"update {table} set by_trino = 7 where {where}", *values)
        self.assertEqual(trino_number(f"select count(*) from {table} where by_trino = 7"), updated)
        where, values = condition(column, kind, dropped)
        trino_rows(f"delete from {table} where {where}", *values)
        return deleted


if __name__ == "__main__":
    unittest.main()
