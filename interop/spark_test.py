"""Spark opens what the app exported as a table of a Hadoop catalog, and goes on writing it."""

import os
import unittest
from collections import Counter

from pyspark.sql import SparkSession

from scenario import for_each, steps

ICEBERG = "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.0"
EXTENSIONS = "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"


def each_step():
    return ((step.name, step) for step in steps())


def each_last_step():
    last = {step.partitioned_by: step for step in steps()}
    return ((step.name, step) for step in last.values())


def name_of(step):
    """The table in SQL: each step's export is the warehouse of a catalog of its own."""
    return f"step_{steps().index(step)}.raw01.ny_taxi_04"


class SparkReads(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        builder = (
            SparkSession.builder.master("local[2]")
            .config("spark.jars.packages", ICEBERG)
            .config("spark.jars.ivy", os.environ["ICEJAM_IVY"])
            .config("spark.sql.extensions", EXTENSIONS)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
        )
        for number, step in enumerate(steps()):
            catalog = f"spark.sql.catalog.step_{number}"
            builder.config(catalog, "org.apache.iceberg.spark.SparkCatalog")
            builder.config(f"{catalog}.type", "hadoop")
            builder.config(f"{catalog}.warehouse", str(step.warehouse))
        cls.spark = builder.getOrCreate()
        cls.spark.sparkContext.setLogLevel("ERROR")

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()

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


if __name__ == "__main__":
    unittest.main()
