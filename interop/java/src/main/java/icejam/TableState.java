package icejam;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.HistoryEntry;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;

/** What a table looks like, with snapshots named s1, s2 … in the order in which they were first seen. */
final class TableState {
  private static final Pattern LONG_NUMBER = Pattern.compile("\\d{15,19}");
  private static final Pattern METADATA_FILE = Pattern.compile("\\S*\\d{5}-[0-9a-f-]{36}(\\.gz)?\\.metadata\\.json");
  private static final Pattern MANIFEST = Pattern.compile("[0-9a-f-]{36}-m\\d+\\.avro");
  private final Map<Long, String> names = new HashMap<>();

  private String name(Long id) {
    return id == null ? null : names.getOrDefault(id, "s?");
  }

  /** A text with the ids of snapshots and the names of files that differ from run to run taken out. */
  String named(String text) {
    if (text == null) return "";
    String result = METADATA_FILE.matcher(text).replaceAll("<metadata>");
    result = MANIFEST.matcher(result).replaceAll("<manifest>");
    Matcher matcher = LONG_NUMBER.matcher(result);
    return matcher.replaceAll(found -> name(Long.parseLong(found.group())));
  }

  ObjectNode describe(TableMetadata metadata, FileIO io) {
    ObjectNode state = JsonNodeFactory.instance.objectNode();
    for (Snapshot snapshot : metadata.snapshots()) {
      names.putIfAbsent(snapshot.snapshotId(), "s" + (names.size() + 1));
    }
    state.put("formatVersion", metadata.formatVersion());
    state.put("lastSequenceNumber", metadata.lastSequenceNumber());
    state.put("nextRowId", metadata.formatVersion() < 3 ? 0 : metadata.nextRowId());
    state.put("current", metadata.currentSnapshot() == null ? null : name(metadata.currentSnapshot().snapshotId()));
    ObjectNode refs = state.putObject("refs");
    metadata.refs().forEach((ref, value) -> refs.put(ref, describe(value)));
    ArrayNode log = state.putArray("log");
    for (HistoryEntry entry : metadata.snapshotLog()) log.add(name(entry.snapshotId()));
    ObjectNode properties = state.putObject("properties");
    metadata.properties().forEach(properties::put);
    state.put("metadataLog", metadata.previousFiles().size());
    describeSchemas(metadata, state);
    ArrayNode snapshots = state.putArray("snapshots");
    for (Snapshot snapshot : metadata.snapshots()) snapshots.add(describe(snapshot));
    ObjectNode live = state.putObject("manifests");
    for (Map.Entry<String, SnapshotRef> ref : metadata.refs().entrySet()) {
      Snapshot head = metadata.snapshot(ref.getValue().snapshotId());
      live.set(ref.getKey(), describeManifests(metadata, head, io));
    }
    return state;
  }

  private void describeSchemas(TableMetadata metadata, ObjectNode state) {
    state.put("currentSchema", metadata.currentSchemaId());
    state.put("lastColumnId", metadata.lastColumnId());
    ObjectNode schemas = state.putObject("schemas");
    for (Schema schema : metadata.schemas()) {
      StringBuilder text = new StringBuilder();
      schema.columns().forEach(c -> text.append(c.fieldId()).append(' ').append(c.name()).append(' ').append(c.type()).append(c.isOptional() ? "?" : "").append(' ').append(c.doc()).append(", "));
      schemas.put(String.valueOf(schema.schemaId()), text.toString());
    }
    state.put("defaultSpec", metadata.defaultSpecId());
    state.put("lastPartitionId", metadata.lastAssignedPartitionId());
    ObjectNode specs = state.putObject("specs");
    for (PartitionSpec spec : metadata.specs()) {
      StringBuilder text = new StringBuilder();
      spec.fields().forEach(f -> text.append(f.fieldId()).append(' ').append(f.name()).append(' ').append(f.transform()).append(' ').append(f.sourceId()).append(", "));
      specs.put(String.valueOf(spec.specId()), text.toString());
    }
    state.put("defaultSortOrder", metadata.defaultSortOrderId());
    ObjectNode orders = state.putObject("sortOrders");
    for (SortOrder order : metadata.sortOrders()) {
      StringBuilder text = new StringBuilder();
      order.fields().forEach(f -> text.append(f.sourceId()).append(' ').append(f.transform()).append(' ').append(f.direction()).append(' ').append(f.nullOrder()).append(", "));
      orders.put(String.valueOf(order.orderId()), text.toString());
    }
  }

  private String describe(SnapshotRef ref) {
    return String.format(
        "%s %s %s %s %s",
        ref.isTag() ? "tag" : "branch", name(ref.snapshotId()),
        ref.minSnapshotsToKeep(), ref.maxSnapshotAgeMs(), ref.maxRefAgeMs());
  }

  private static String describe(ManifestFile.PartitionFieldSummary summary) {
    return String.format(
        " %s %s %s %s",
        summary.containsNull(), summary.containsNaN(), hex(summary.lowerBound()), hex(summary.upperBound()));
  }

  private static String hex(ByteBuffer bytes) {
    if (bytes == null) return null;
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return HexFormat.of().formatHex(copy);
  }

  private ObjectNode describe(Snapshot snapshot) {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.put("name", name(snapshot.snapshotId()));
    result.put("parent", name(snapshot.parentId()));
    result.put("sequenceNumber", snapshot.sequenceNumber());
    result.put("operation", snapshot.operation());
    result.put("schema", snapshot.schemaId());
    result.put("firstRowId", snapshot.firstRowId());
    result.put("addedRows", snapshot.addedRows());
    ObjectNode summary = result.putObject("summary");
    snapshot.summary().forEach(
        (key, value) -> {
          if (!key.equals("iceberg-version")) summary.put(key, named(value));
        });
    return result;
  }

  private ArrayNode describeManifests(TableMetadata metadata, Snapshot head, FileIO io) {
    ArrayNode result = JsonNodeFactory.instance.arrayNode();
    for (ManifestFile manifest : head.allManifests(io)) {
      ObjectNode described = result.addObject();
      StringBuilder partitions = new StringBuilder();
      if (manifest.partitions() != null) {
        manifest.partitions().forEach(summary -> partitions.append(describe(summary)));
      }
      described.put(
          "manifest",
          String.format(
              "%s spec %d by %s seq %d min %d files %d %d %d rows %d %d %d",
              manifest.content(), manifest.partitionSpecId(), name(manifest.snapshotId()),
              manifest.sequenceNumber(), manifest.minSequenceNumber(),
              manifest.addedFilesCount(), manifest.existingFilesCount(), manifest.deletedFilesCount(),
              manifest.addedRowsCount(), manifest.existingRowsCount(), manifest.deletedRowsCount())
              + partitions);
      List<String> entries = new ArrayList<>(org.apache.iceberg.ManifestEntries.of(manifest, io, metadata.specsById(), this::name));
      ArrayNode list = described.putArray("entries");
      entries.stream().sorted().forEach(list::add);
    }
    return result;
  }
}
