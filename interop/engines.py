"""The other engines, and rows of theirs written as the app writes its own answers."""

import base64
import json
import os
from datetime import date, datetime, time, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID

ICEBERG = "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.0"
EXTENSIONS = "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
GREATEST_SAFE_INTEGER = 2**53 - 1

# Spark hands instants to Python in the local zone of the process.
os.environ["TZ"] = "UTC"


@cache
def spark():
    """The one Spark session of the process. It has no catalog yet."""
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.jars.packages", ICEBERG)
        .config("spark.jars.ivy", os.environ["ICEJAM_IVY"])
        .config("spark.sql.extensions", EXTENSIONS)
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        # Tiny queries: to compile them takes longer than to interpret them.
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    return session


@cache
def hadoop_catalog(warehouse: Path) -> str:
    """The name of the Spark catalog whose tables are `<namespace>/<table>` below a folder."""
    name = f"catalog_{abs(hash(warehouse))}"
    conf = spark().conf
    conf.set(f"spark.sql.catalog.{name}", "org.apache.iceberg.spark.SparkCatalog")
    conf.set(f"spark.sql.catalog.{name}.type", "hadoop")
    conf.set(f"spark.sql.catalog.{name}.warehouse", str(warehouse))
    return name


def spark_table(directory: Path) -> str:
    """A table in SQL by the directory that it lies in."""
    return f"{hadoop_catalog(directory.parent.parent)}.{directory.parent.name}.{directory.name}"


def spark_rows(table: str, version: int | str | None = None) -> list:
    """The rows at a snapshot, a branch or a tag."""
    at = "" if version is None else f" version as of {version!r}"
    return in_order(spark_answer(f"select * from {table}{at}"))


def spark_answer(sql: str) -> list:
    return frame_rows(spark().sql(sql))


def frame_rows(frame) -> list:
    return [canonical(_zoned(row, frame.schema)) for row in frame.collect()]


def _zoned(value, kind):
    """Spark hands instants to Python as it does timestamps without a zone: only their types tell which is which."""
    from pyspark.sql.types import ArrayType, MapType, StructType, TimestampType

    match kind:
        case _ if value is None:
            return None
        case TimestampType():
            return value.replace(tzinfo=timezone.utc)
        case StructType():
            return {field.name: _zoned(value[field.name], field.dataType) for field in kind}
        case ArrayType():
            return [_zoned(member, kind.elementType) for member in value]
        case MapType():
            return {_zoned(key, kind.keyType): _zoned(member, kind.valueType) for key, member in value.items()}
    return value


def spark_told(table: str) -> dict:
    """What Spark says of each snapshot (parentId, summary) and of each branch and tag."""
    snapshots = spark().table(f"{table}.snapshots").collect()
    history = {
        row.snapshot_id: {"parentId": row.parent_id, "summary": {"operation": row.operation, **row.summary}}
        for row in snapshots
    }
    refs = spark().table(f"{table}.refs").collect()
    return {"history": history, "refs": {ref.name: [ref.type, str(ref.snapshot_id)] for ref in refs}}


def spark_types(frame) -> dict[str, str]:
    """The types of the columns, as the app spells them but for blanks and case."""
    return {field.name: field.dataType.simpleString().lower() for field in frame.schema}


def pyiceberg_told(table) -> dict:
    """What PyIceberg says of each snapshot (parentId, summary) and of each branch and tag."""
    history = {
        snapshot.snapshot_id: {
            "parentId": snapshot.parent_snapshot_id,
            "summary": {
                "operation": snapshot.summary.operation.value,
                **snapshot.summary.additional_properties,
            },
        }
        for snapshot in table.metadata.snapshots
    }
    refs = table.refs().items()
    found = {name: [ref.snapshot_ref_type.upper(), str(ref.snapshot_id)] for name, ref in refs}
    return {"history": history, "refs": found}


def pyiceberg_rows(table, snapshot_id: int | None = None) -> list:
    arrow = table.scan(snapshot_id=snapshot_id).to_arrow()
    return in_order([canonical(row) for row in arrow.to_pylist(maps_as_pydicts="strict")])


def in_order(rows: list) -> list:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def canonical(value):
    """A value as the app's console API answers it."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if abs(value) <= GREATEST_SAFE_INTEGER else str(value)
        case float():
            return _number(value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case time():
            text = value.isoformat()
            return text.rstrip("0") if "." in text else text
        case bytes() | bytearray():
            return base64.b64encode(value).decode()
        case UUID():
            return str(value)
        case list():
            return [canonical(member) for member in value]
        case dict():
            return {_key(key): canonical(member) for key, member in value.items()}
    raise TypeError(f"{value!r} is of no known type")


def _key(key) -> str:
    plain = canonical(key)
    return plain if isinstance(plain, str) else json.dumps(plain)


def _number(value: float):
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return int(value) if value.is_integer() and abs(value) <= GREATEST_SAFE_INTEGER else value


def _moment(value: datetime) -> str:
    """An instant in UTC, or a timestamp without a zone, which has no `Z`."""
    utc = value.astimezone(timezone.utc) if value.tzinfo else value
    fraction = f"{utc.microsecond:06d}".removesuffix("000")
    if len(fraction) < 3:
        fraction = fraction.ljust(3, "0")
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{fraction}{'Z' if value.tzinfo else ''}"
