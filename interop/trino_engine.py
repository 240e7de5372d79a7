"""Trino: a server of one node that lasts as long as the tests, whose catalog is a folder of its own."""

import atexit
import os
import shutil
from functools import cache
from itertools import count
from pathlib import Path
from subprocess import PIPE, Popen
from urllib.parse import urlsplit

from trino.dbapi import connect
from trino.types import NamedRowTuple

from engines import canonical
from scenario import continued

_numbers = count(1)


@cache
def _connection():
    """The one connection, to a server with the schema `raw`."""
    folder = Path(os.environ["ICEJAM_SCENARIO"]).with_name("trino")
    catalog = folder / "catalog"
    shutil.rmtree(catalog, ignore_errors=True)
    catalog.mkdir(parents=True)
    command = [os.environ["ICEJAM_TRINO"], f"@{folder}/arguments", str(catalog)]
    log = folder / "server.log"
    with log.open("w") as errors:
        server = Popen(command, stdin=PIPE, stdout=PIPE, stderr=errors, text=True)
    atexit.register(server.communicate)
    address = urlsplit(server.stdout.readline().strip())
    if not address.port:
        raise RuntimeError(f"Trino did not start; {log} says why")
    opened = connect(
        host=address.hostname, port=address.port, user="icejam", catalog="iceberg", schema="raw", timezone="UTC"
    )
    opened.cursor().execute("create schema raw").fetchall()
    return opened


@cache
def register(metadata: str) -> str:
    """The name of a table of the catalog which begins at a metadata file, given by its URI."""
    name = f"table_{next(_numbers)}"
    location, _, file = metadata.rpartition("/metadata/")
    trino_rows(f"call iceberg.system.register_table('raw', '{name}', '{location}', '{file}')")
    return name


def take_over(name: str, table) -> str:
    """The name of a table as PyIceberg left it, if it went on writing."""
    return register(continued().get(name, {}).get("left") or table.metadata_location)


def trino_rows(sql: str, *parameters) -> list[list]:
    return _connection().cursor().execute(sql, parameters or None).fetchall()


def trino_number(sql: str) -> int:
    ((number,),) = trino_rows(sql)
    return number


def trino_answer(sql: str) -> list[dict]:
    """The rows that a statement answers, as the app's console API answers them."""
    cursor = _connection().cursor()
    rows = cursor.execute(sql).fetchall()
    names = [column.name for column in cursor.description]
    return [canonical(dict(zip(names, map(_plain, row)))) for row in rows]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def trino_told(table: str) -> dict:
    """What Trino says of each snapshot (parentId, summary) and of each branch and tag."""
    snapshots = trino_answer(f'select snapshot_id, parent_id, operation, summary from "{table}$snapshots"')
    history = {
        int(row["snapshot_id"]): {
            "parentId": row["parent_id"],
            "summary": {"operation": row["operation"], **row["summary"]},
        }
        for row in snapshots
    }
    refs = trino_answer(f'select name, type, snapshot_id from "{table}$refs"')
    return {"history": history, "refs": {ref["name"]: [ref["type"], str(ref["snapshot_id"])] for ref in refs}}


def left_by_trino(table: str) -> str:
    """The current metadata file."""
    query = f'select file from "{table}$metadata_log_entries" order by timestamp desc, file desc limit 1'
    ((file,),) = trino_rows(query)
    return file


def _plain(value):
    """Structs as dictionaries; they come as tuples with names."""
    match value:
        case NamedRowTuple():
            return {name: _plain(member) for name, member in zip(value.__annotations__["names"], value)}
        case list():
            return [_plain(member) for member in value]
        case dict():
            return {key: _plain(member) for key, member in value.items()}
    return value
