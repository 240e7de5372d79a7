"""PyIceberg and Spark write tables for the app to adopt, and say what each snapshot of them holds."""

import json
import os
import shutil
import sys
from datetime import date, datetime, time, timezone
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pyarrow as arrow
import pyarrow.parquet as parquet
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import BucketTransform, DayTransform, IdentityTransform, TruncateTransform
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FixedType,
    FloatType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    NestedField,
    StringType,
    StructType,
    TimestampType,
    TimestamptzType,
    TimeType,
    UUIDType,
)

from engines import pyiceberg_rows, spark, spark_rows, spark_table

FOLDER = Path(sys.argv[1])

# Merge on read: position deletes under v2, deletion vectors under v3.
SPARK_HISTORY = """
create table {t} (id bigint, name string, at timestamp, amount decimal(9, 2), tags array<string>, counts map<string, int>, place struct<x: int, label: string>) using iceberg partitioned by (months(at)) tblproperties ('format-version' = '{version}', 'write.delete.mode' = '{mode}', 'write.update.mode' = '{mode}', 'write.metadata.compression-codec' = '{codec}')
insert into {t} select id, concat('n', id), timestamp'2020-01-15' + make_interval(0, id % 2), cast(id / 4 as decimal(9, 2)), array('a', cast(id as string)), map('k', cast(id as int)), named_struct('x', cast(id as int), 'label', 'l') from range(0, 8, 1, 1)
delete from {t} where id in (3, 4)
update {t} set name = 'updated' where id = 5
alter table {t} rename column name to title
alter table {t} add column extra double first
alter table {t} add column place.z bigint
alter table {t} alter column amount type decimal(12, 2)
alter table {t} drop column tags
alter table {t} replace partition field months(at) with days(at)
alter table {t} add partition field bucket(2, id)
alter table {t} create tag before
alter table {t} create branch dev
insert into {t} select 0.5d, id, concat('n', id), timestamp'2021-01-15 10:00:00.123456', 1, map('k', 1), named_struct('x', 1, 'label', 'y', 'z', 2L) from range(100, 104, 1, 1)
insert into {t}.branch_dev select null, id, 'dev', null, null, null, null from range(200, 201, 1, 1)
delete from {t} where id = 101
"""

SPARK_TYPES = """
create table {t} (flag boolean, i int, l bigint, f float, d double, amount decimal(38, 10), day date, instant timestamp, moment timestamp_ntz, text string, bytes binary, `odd name-1.x` string) using iceberg partitioned by (truncate(3, text), day, i)
insert into {t} values (true, 1, 2, 3.5, 4.5, 5.25, date'2020-01-01', timestamp'2020-01-01 00:00:00.123456', timestamp_ntz'2020-01-01 01:02:03.000001', 'hello', X'00FF', 'odd'), (null, null, null, null, null, null, null, null, null, null, null, null), (false, -1, -9007199254740993, float('nan'), double('-infinity'), -5.25, date'1969-12-31', timestamp'1969-12-31 23:59:59.999999', timestamp_ntz'1900-01-01 00:00:00', 'é日本', X'', '')
"""


def write_with_spark():
    tables = {
        f"v{version}": SPARK_HISTORY.format(
            t="{t}",
            version=version,
            mode="copy-on-write" if version == 1 else "merge-on-read",
            codec="gzip" if version == 2 else "none",
        )
        for version in (1, 2, 3)
    }
    tables["types"] = SPARK_TYPES
    for name, statements in tables.items():
        directory = FOLDER / "spark" / name
        table = spark_table(directory)
        for statement in statements.strip().splitlines():
            spark().sql(statement.replace("{t}", table))
        ids = [row.snapshot_id for row in spark().table(f"{table}.snapshots").collect()]
        rows = {str(each): spark_rows(table, each) for each in ids}
        yield {"name": f"spark_{name}", "directory": str(directory), "snapshots": rows}


EVERY_TYPE = Schema(
    NestedField(1, "flag", BooleanType()),
    NestedField(2, "i", IntegerType()),
    NestedField(3, "l", LongType(), required=True),
    NestedField(4, "f", FloatType()),
    NestedField(5, "d", DoubleType()),
    NestedField(6, "amount", DecimalType(20, 4)),
    NestedField(7, "day", DateType()),
    NestedField(8, "clock", TimeType()),
    NestedField(9, "moment", TimestampType()),
    NestedField(10, "instant", TimestamptzType()),
    NestedField(11, "text", StringType()),
    NestedField(12, "id", UUIDType()),
    NestedField(13, "hash", FixedType(4)),
    NestedField(14, "bytes", BinaryType()),
    NestedField(15, "words", ListType(16, StringType(), element_required=False)),
    NestedField(17, "counts", MapType(18, StringType(), 19, LongType(), value_required=False)),
    NestedField(20, "place", StructType(NestedField(21, "x", IntegerType()))),
)
EVERY_SPEC = PartitionSpec(
    PartitionField(10, 1000, DayTransform(), "instant_day"),
    PartitionField(3, 1001, BucketTransform(3), "l_bucket"),
    PartitionField(2, 1002, TruncateTransform(10), "i_trunc"),
    PartitionField(1, 1003, IdentityTransform(), "flag"),
)
EVERY_ROW = [
    {
        "flag": True,
        "i": -1,
        "l": 2**60,
        "f": 0.5,
        "d": float("nan"),
        "amount": Decimal("12345678.9012"),
        "day": date(1969, 12, 31),
        "clock": time(23, 59, 59, 250_000),
        "moment": datetime(1900, 1, 1, 1, 2, 3, 456_789),
        "instant": datetime(2020, 2, 29, 12, tzinfo=timezone.utc),
        "text": "é日本",
        "id": UUID("f79c3e09-677c-4bbd-a479-3f349cb785e7").bytes,
        "hash": b"\x00\x01\xfe\xff",
        "bytes": b"\x00",
        "words": ["a", None, "b"],
        "counts": [("k", 1), ("none", None)],
        "place": {"x": 7},
    },
    {field.name: 0 if field.name == "l" else None for field in EVERY_TYPE.fields},
]


def write_with_pyiceberg():
    catalog = SqlCatalog("interop", uri="sqlite:///:memory:", warehouse=f"file://{FOLDER}")
    catalog.create_namespace("pyiceberg")

    def create(name, schema, **options):
        location = f"file://{FOLDER}/pyiceberg/{name}"
        return catalog.create_table(f"pyiceberg.{name}", schema, location=location, **options)

    types = create("types", EVERY_TYPE, partition_spec=EVERY_SPEC)
    rows = arrow.Table.from_pylist(EVERY_ROW, schema=types.schema().as_arrow())
    types.append(rows)
    types.append(rows)

    first = arrow.table({"id": [1, 2, 3], "name": ["a", "b", None]})
    evolved = create("evolved", first.schema, properties={"write.metadata.compression-codec": "gzip"})
    evolved.append(first)
    evolved.delete("id = 2")
    with evolved.update_schema() as update:
        update.rename_column("name", "title").add_column("score", DoubleType())
    with evolved.update_spec() as update:
        update.add_field("id", BucketTransform(2), "id_bucket")
    evolved.append(arrow.table({"id": [4, 5], "title": ["d", "e"], "score": [0.5, None]}))
    evolved.overwrite(arrow.table({"id": [6], "title": ["f"], "score": [1.5]}), "id >= 5")

    # Its files were written by somebody who knows no field ids: a name mapping tells them.
    mapped = create("mapped", first.schema, properties={"format-version": "1"})
    data = FOLDER / "pyiceberg/mapped/data/added.parquet"
    data.parent.mkdir(parents=True)
    parquet.write_table(first, data)
    mapped.add_files([f"file://{data}"])

    for name, table in {"types": types, "evolved": evolved, "mapped": mapped}.items():
        ids = [snapshot.snapshot_id for snapshot in table.metadata.snapshots]
        rows = {str(each): pyiceberg_rows(table, each) for each in ids}
        directory = str(FOLDER / "pyiceberg" / name)
        yield {"name": f"pyiceberg_{name}", "directory": directory, "snapshots": rows}


shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir(parents=True)
tables = list(write_with_pyiceberg())
if "ICEJAM_IVY" in os.environ:
    tables += write_with_spark()
(FOLDER / "tables.json").write_text(json.dumps(tables))
