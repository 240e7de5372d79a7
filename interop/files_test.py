"""What the manifests say of the files is what the files hold. Most readers would not notice if it were not."""

import unittest
from pathlib import Path

import pyarrow.compute as compute
import pyarrow.parquet as parquet
from pyiceberg.conversions import from_bytes
from pyiceberg.manifest import ManifestEntryStatus
from pyiceberg.types import StringType

from scenario import for_each, steps

STATUSES = {
    ManifestEntryStatus.ADDED: "added",
    ManifestEntryStatus.EXISTING: "existing",
    ManifestEntryStatus.DELETED: "deleted",
}


def local(uri: str) -> Path:
    return Path(uri.removeprefix("file://"))


def plain(column):
    """Instants as their microseconds since the epoch, all else as it is."""
    return column.cast("int64") if str(column.type).startswith("timestamp") else column


def entries_of(table, manifest):
    return manifest.fetch_manifest_entry(table.io, discard_deleted=False)


def each_table():
    return ((step.name, step.table) for step in steps())


def each_snapshot():
    for step in steps():
        for snapshot in step.table.metadata.snapshots:
            yield f"{step.name}: snapshot {snapshot.snapshot_id}", step.table, snapshot


def each_manifest():
    for name, table, snapshot in each_snapshot():
        for manifest in snapshot.manifests(table.io):
            yield f"{name}: {manifest.manifest_path}", table, manifest, entries_of(table, manifest)


def each_file():
    for step in steps():
        for task in step.table.scan().plan_files():
            rows = parquet.read_table(local(task.file.file_path), partitioning=None)
            yield f"{step.name}: {task.file.file_path}", step.table, task.file, rows


class FilesAgree(unittest.TestCase):
    @for_each(each_table)
    def test_every_file_is_where_the_metadata_says_and_there_is_no_other(self, table):
        root = local(table.location())
        named = {local(table.metadata_location), root / "metadata/version-hint.text"}
        named |= {local(entry.metadata_file) for entry in table.metadata.metadata_log}
        for snapshot in table.metadata.snapshots:
            named.add(local(snapshot.manifest_list))
            for manifest in snapshot.manifests(table.io):
                named.add(local(manifest.manifest_path))
                named |= {local(entry.data_file.file_path) for entry in entries_of(table, manifest)}
        self.assertEqual({path for path in root.rglob("*") if path.is_file()}, named)

    @for_each(each_manifest)
    def test_the_sizes_of_manifests_and_data_files(self, _, manifest, entries):
        self.assertEqual(manifest.manifest_length, local(manifest.manifest_path).stat().st_size)
        for file in (entry.data_file for entry in entries):
            self.assertEqual(file.file_size_in_bytes, local(file.file_path).stat().st_size)

    @for_each(each_manifest)
    def test_the_counts_of_the_manifest_lists(self, _, manifest, entries):
        for status, name in STATUSES.items():
            files = [entry.data_file for entry in entries if entry.status == status]
            self.assertEqual(getattr(manifest, f"{name}_files_count"), len(files))
            rows = sum(file.record_count for file in files)
            self.assertEqual(getattr(manifest, f"{name}_rows_count"), rows)

    @for_each(each_manifest)
    def test_the_partition_summaries_of_the_manifest_lists(self, table, manifest, entries):
        spec = table.specs()[manifest.partition_spec_id]
        fields = spec.partition_type(table.schema()).fields
        for index, (field, summary) in enumerate(zip(fields, manifest.partitions, strict=True)):
            values = [entry.data_file.partition[index] for entry in entries]
            self.assertNotIn(None, values)
            self.assertFalse(summary.contains_null)
            self.assertEqual(from_bytes(field.field_type, summary.lower_bound), min(values))
            self.assertEqual(from_bytes(field.field_type, summary.upper_bound), max(values))

    @for_each(each_table)
    def test_the_snapshots_follow_one_another(self, table):
        snapshots = sorted(table.metadata.snapshots, key=lambda each: each.sequence_number)
        numbers = [snapshot.sequence_number for snapshot in snapshots]
        self.assertEqual(numbers, list(range(1, len(snapshots) + 1)))
        self.assertEqual(table.metadata.last_sequence_number, len(snapshots))
        ids = [snapshot.snapshot_id for snapshot in snapshots]
        self.assertEqual([snapshot.parent_snapshot_id for snapshot in snapshots], [None, *ids[:-1]])
        self.assertEqual([entry.snapshot_id for entry in table.metadata.snapshot_log], ids)

    @for_each(each_snapshot)
    def test_the_sequence_numbers_of_manifests_and_entries(self, table, snapshot):
        number_of = {each.snapshot_id: each.sequence_number for each in table.metadata.snapshots}
        for manifest in snapshot.manifests(table.io):
            self.assertEqual(manifest.sequence_number, number_of[manifest.added_snapshot_id])
            entries = entries_of(table, manifest)
            live = [each for each in entries if each.status != ManifestEntryStatus.DELETED]
            lowest = min((each.sequence_number for each in live), default=manifest.sequence_number)
            self.assertEqual(manifest.min_sequence_number, lowest)
            for entry in live:
                self.assertEqual(entry.sequence_number, number_of[entry.snapshot_id])

    @for_each(each_snapshot)
    def test_the_totals_of_the_summaries(self, table, snapshot):
        manifests = snapshot.manifests(table.io)
        live = [each for manifest in manifests for each in manifest.fetch_manifest_entry(table.io)]
        files = [entry.data_file for entry in live]
        totals = {
            "total-data-files": len(files),
            "total-records": sum(file.record_count for file in files),
            "total-files-size": sum(file.file_size_in_bytes for file in files),
        }
        self.assertEqual({name: int(snapshot.summary[name]) for name in totals}, totals)

    @for_each(each_file)
    def test_the_partition_of_a_file_is_that_of_each_row(self, table, file, rows):
        schema = table.schema()
        for index, field in enumerate(table.spec().fields):
            source = schema.find_field(field.source_id)
            transform = field.transform.transform(source.field_type)
            values = {transform(value) for value in plain(rows[source.name]).to_pylist()}
            self.assertEqual(values, {file.partition[index]})

    @for_each(each_file)
    def test_the_counts_of_the_data_files(self, table, file, rows):
        names = {field.field_id: field.name for field in table.schema().fields}
        self.assertEqual(file.record_count, rows.num_rows)
        self.assertEqual(file.value_counts, dict.fromkeys(names, rows.num_rows))
        nulls = {field_id: rows[name].null_count for field_id, name in names.items()}
        self.assertEqual(file.null_value_counts, nulls)

    @for_each(each_file)
    def test_the_bounds_of_the_data_files(self, table, file, rows):
        for field in table.schema().fields:
            found = compute.min_max(plain(rows[field.name])).as_py()
            lower = from_bytes(field.field_type, file.lower_bounds[field.field_id])
            upper = from_bytes(field.field_type, file.upper_bounds[field.field_id])
            if isinstance(field.field_type, StringType):
                # A long text's bounds are cut: the lower is a beginning, the upper lies above.
                self.assertTrue(found["min"].startswith(lower), field.name)
                self.assertGreaterEqual(upper, found["max"], field.name)
            else:
                self.assertEqual((lower, upper), (found["min"], found["max"]), field.name)


if __name__ == "__main__":
    unittest.main()
