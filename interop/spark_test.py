"""Spark opens what the app exported as a table of a Hadoop catalog, and goes on writing it."""

import os
import unittest
from collections import Counter
from pathlib import Path

from pyspark.sql.functions import lit

from engines import frame_rows, spark, spark_answer, spark_rows, spark_table, spark_told, spark_types
from scenario import alike, continued, each_exported, each_last_step, each_step
from scenario import for_each, goes_on, name_of, told

# Spark does not know the type `time`.
REFUSED = {"pyiceberg_types"}


def each_readable():
    return ((name, table) for name, table in each_exported() if name not in REFUSED)


def take_over(name, directory):
    """The table in SQL, as others left it if they went on writing: Hadoop's catalog goes by files' names."""
    table = spark_table(directory)
    if "ICEJAM_TRINO" in os.environ:
        # Iceberg 1.10 reads Trino's encodings of texts one row at a time alone.
        spark().conf.set("spark.sql.iceberg.vectorization.enabled", "false")
    if name not in continued():
        return table
    left = Path(continued()[name]["left"].removeprefix("file://"))
    hint = directory / "metadata/version-hint.text"
    version = int(hint.read_text()) + 1
    left.rename(left.with_name(f"v{version}.{left.name.partition('.')[2]}"))
    hint.write_text(str(version))
    spark().sql(f"refresh table {table}")
    return table


def trips_in(table):
    """The trips per vendor and month."""
    month = "date_format(date_col, 'yyyy-MM')"
    query = f"select vendor_id, {month} as month, count(*) as n from {table} group by vendor_id, {month}"
    return Counter({(row.vendor_id, row.month): row.n for row in spark().sql(query).collect()})


class SparkReads(unittest.TestCase):
    def setUp(self):
        self.spark = spark()

    @for_each(each_step)
    def test_the_rows_per_vendor_and_month(self, step):
        self.assertEqual(trips_in(spark_table(step.directory)), step.rows)

    @for_each(each_step)
    def test_a_filter_finds_all_rows_of_a_vendor_and_a_month(self, step):
        january = "date_col >= timestamp'2016-01-01' and date_col < timestamp'2016-02-01'"
        for vendor in (1, 2):
            found = self.spark.table(spark_table(step.directory)).where(f"vendor_id = {vendor} and {january}").count()
            self.assertEqual(found, step.rows[vendor, "2016-01"])

    @for_each(each_step)
    def test_every_snapshot_holds_the_rows_that_it_counts(self, step):
        snapshots = self.spark.table(f"{spark_table(step.directory)}.snapshots").orderBy("committed_at").collect()
        self.assertEqual(len(snapshots), len(step.table.metadata.snapshots))
        for snapshot in snapshots:
            at = self.spark.sql(f"select * from {spark_table(step.directory)} version as of {snapshot.snapshot_id}")
            self.assertEqual(at.count(), int(snapshot.summary["total-records"]))

    @for_each(each_step)
    def test_the_entries_of_the_partitions_table(self, step):
        partitions = self.spark.table(f"{spark_table(step.directory)}.partitions").collect()
        self.assertEqual(sum(each.record_count for each in partitions), step.rows.total())


class SparkExchanges(unittest.TestCase):
    @for_each(each_readable)
    def test_every_snapshot_has_the_rows_and_columns_that_the_app_sees(self, exported):
        for snapshot_id, rows in exported.snapshots.items():
            query = f"select * from {spark_table(exported.directory)} version as of {snapshot_id}"
            frame = spark().sql(query)
            alike(self, frame.count() if isinstance(rows, int) else frame_rows(frame), rows)
            columns = exported.history[snapshot_id]["columns"].items()
            seen = {name: kind.replace(" ", "").lower() for name, kind in columns}
            self.assertEqual(spark_types(frame), seen)

    @for_each(each_readable)
    def test_parents_summaries_branches_and_tags_are_those_that_the_app_tells(self, exported):
        found = spark_told(spark_table(exported.directory))
        self.assertEqual(told(found["history"]), told(exported.history))
        self.assertEqual(found["refs"], exported.refs)

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


class SparkWrites(unittest.TestCase):
    """After all else: it changes the tables."""

    @for_each(each_last_step)
    def test_the_use_case_goes_on(self, step):
        name = name_of(step)
        table = take_over(name, step.directory)
        before = trips_in(table)
        spark().table(table).where("vendor_id = 1").limit(10).writeTo(table).append()
        self.assertEqual(trips_in(table).total(), before.total() + 10)

        january = spark().table(table).where("vendor_id = 2 and month(date_col) = 1")
        january.writeTo(table).overwritePartitions()
        rows = trips_in(table)
        self.assertEqual(rows[2, "2016-01"], before[2, "2016-01"])
        self.assertEqual((1, "2016-01") in rows, "vendor_id" in step.partitioned_by)
        goes_on(name, step, {"main": rows.total()}, spark_told(table))

    @for_each(each_readable)
    def test_writing_goes_on(self, exported):
        table = take_over(exported.name, exported.directory)
        if "added" in spark().table(table).columns:
            spark().sql(f"alter table {table} alter column added type bigint")
            spark().sql(f"alter table {table} rename column added to more")
        else:
            spark().sql(f"alter table {table} add column more bigint")
        rows = spark().table(table)
        count = rows.count()
        rows.limit(2).withColumn("more", lit(2**31)).writeTo(table).append()
        spark().sql(f"alter table {table} create branch by_spark")
        spark().sql(f"delete from {table}.branch_by_spark where more = {2**31}")
        found = {ref: spark_rows(table, ref) for ref in ("main", "by_spark")}
        self.assertEqual([len(rows) for rows in found.values()], [count + 2, count])
        goes_on(exported.name, exported, found, spark_told(table))


if __name__ == "__main__":
    unittest.main()
