"""Spark opens what the app exported as a table of a Hadoop catalog, and goes on writing it."""

import unittest
from collections import Counter
from pathlib import Path

from engines import spark, spark_answer, spark_rows, spark_table
from scenario import alike, each_exported, for_each, goes_on, steps, told

# Spark does not know the type `time`.
REFUSED = {"pyiceberg_types"}
# The tables that Spark goes on writing.
CONTINUED = {"transforms", "maintained", "branched", "spark_v1", "spark_v3", "icebird_java_bunnies"}


def each_step():
    return ((step.name, step) for step in steps())


def each_last_step():
    last = {step.partitioned_by: step for step in steps()}
    return ((step.name, step) for step in last.values())


def each_readable():
    return ((name, table) for name, table in each_exported() if name not in REFUSED)


def name_of(step):
    """The table in SQL: each step's export is the warehouse of a catalog of its own."""
    return spark_table(step.warehouse / "raw01/ny_taxi_04")


class SparkReads(unittest.TestCase):
    def setUp(self):
        self.spark = spark()

    def rows_of(self, table):
        month = "date_format(date_col, 'yyyy-MM')"
        rows = self.spark.sql(
            f"select vendor_id, {month} as month, count(*) as n from {table} group by vendor_id, {month}"
        )
        return Counter({(row.vendor_id, row.month): row.n for row in rows.collect()})

    @for_each(each_step)
    def test_the_rows_per_vendor_and_month(self, step):
        self.assertEqual(self.rows_of(name_of(step)), step.rows)

    @for_each(each_step)
    def test_a_filter_finds_all_rows_of_a_vendor_and_a_month(self, step):
        january = "date_col >= timestamp'2016-01-01' and date_col < timestamp'2016-02-01'"
        for vendor in (1, 2):
            found = self.spark.table(name_of(step)).where(f"vendor_id = {vendor} and {january}").count()
            self.assertEqual(found, step.rows[vendor, "2016-01"])

    @for_each(each_step)
    def test_every_snapshot_holds_the_rows_that_it_counts(self, step):
        snapshots = self.spark.table(f"{name_of(step)}.snapshots").orderBy("committed_at").collect()
        self.assertEqual(len(snapshots), len(step.table.metadata.snapshots))
        for snapshot in snapshots:
            at = self.spark.sql(f"select * from {name_of(step)} version as of {snapshot.snapshot_id}")
            self.assertEqual(at.count(), int(snapshot.summary["total-records"]))

    @for_each(each_step)
    def test_the_entries_of_the_partitions_table(self, step):
        partitions = self.spark.table(f"{name_of(step)}.partitions").collect()
        self.assertEqual(sum(each.record_count for each in partitions), step.rows.total())

    @for_each(each_last_step)
    def test_writing_goes_on(self, step):
        table = name_of(step)
        self.spark.table(table).where("vendor_id = 1").limit(10).writeTo(table).append()
        self.assertEqual(self.rows_of(table).total(), step.rows.total() + 10)

        january = self.spark.table(table).where("vendor_id = 2 and month(date_col) = 1")
        january.writeTo(table).overwritePartitions()
        rows = self.rows_of(table)
        self.assertEqual(rows[2, "2016-01"], step.rows[2, "2016-01"])
        self.assertEqual((1, "2016-01") in rows, "vendor_id" in step.partitioned_by)


class SparkExchanges(unittest.TestCase):
    @for_each(each_readable)
    def test_every_snapshot_has_the_rows_that_the_app_sees(self, exported):
        table = spark_table(exported.directory)
        ids = {row.snapshot_id for row in spark().table(f"{table}.snapshots").collect()}
        self.assertEqual(ids, set(exported.snapshots))
        for snapshot_id in ids:
            alike(self, spark_rows(table, snapshot_id), exported.snapshots[snapshot_id])

    @for_each(each_readable)
    def test_parents_and_summaries_are_those_that_the_app_tells(self, exported):
        snapshots = spark().table(f"{spark_table(exported.directory)}.snapshots").collect()
        found = {
            row.snapshot_id: {
                "parentId": row.parent_id,
                "summary": {"operation": row.operation, **row.summary},
            }
            for row in snapshots
        }
        self.assertEqual(told(found), told(exported.history))

    @for_each(each_readable)
    def test_files_and_partitions_are_those_that_the_app_tells(self, exported):
        table = spark_table(exported.directory)
        for snapshot_id, snapshot in exported.history.items():
            query = f"select * from {table}.files version as of {snapshot_id} where content = 0"
            files = spark().sql(query).collect()
            found = [(Path(file.file_path).name, file.record_count) for file in files]
            seen = [(file["name"], file["rows"]) for file in snapshot["files"]]
            self.assertEqual(sorted(found), sorted(seen))
            partitions = Counter((file.spec_id, str(getattr(file, "partition", ""))) for file in files)
            paths = Counter(file["partition"] for file in snapshot["files"])
            self.assertEqual(sorted(partitions.values()), sorted(paths.values()))

    @for_each(each_readable)
    def test_the_files_and_partitions_are_those_of_the_summary(self, exported):
        table = spark_table(exported.directory)
        summary = exported.table.current_snapshot().summary
        files = spark().table(f"{table}.files").collect()
        data = [file for file in files if file.content == 0]
        self.assertEqual(len(data), int(summary["total-data-files"]))
        self.assertEqual(sum(file.record_count for file in data), int(summary["total-records"]))
        self.assertEqual(len(files) - len(data), int(summary["total-delete-files"] or 0))
        partitions = spark().table(f"{table}.partitions").collect()
        self.assertEqual(sum(each.file_count for each in partitions), len(data))

    @for_each(lambda: ((name, table) for name, table in each_exported() if table.sql))
    def test_a_query_gives_spark_the_rows_that_it_gave_the_app(self, exported):
        found = spark_answer(exported.sql)
        alike(self, found, list(exported.snapshots.values())[-1])

    @for_each(lambda: each_exported(CONTINUED))
    def test_writing_goes_on(self, exported):
        table = spark_table(exported.directory)
        before = spark_rows(table)
        spark().sql(f"insert into {table} select * from {table} limit 2")
        rows = spark_rows(table)
        self.assertEqual(len(rows), len(before) + 2)
        main = spark().table(f"{table}.refs").where("name = 'main'").collect()
        goes_on(f"{exported.name}_by_spark", exported.directory, main[0].snapshot_id, rows)


if __name__ == "__main__":
    unittest.main()
