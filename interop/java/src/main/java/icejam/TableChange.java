package icejam;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.ManageSnapshots;
import org.apache.iceberg.NullOrder;
import org.apache.iceberg.PendingUpdate;
import org.apache.iceberg.ReplaceSortOrder;
import org.apache.iceberg.RewriteManifests;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdatePartitionSpec;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.types.Types;

/** An operation that changes what a table says of itself. */
final class TableChange {
  private final Table table;
  private final JsonNode op;
  private final Table origin;
  private final List<Long> begun;
  private final Supplier<ManageSnapshots> manager;

  TableChange(
      Table table, JsonNode op, Table origin, List<Long> begun, Supplier<ManageSnapshots> manager) {
    this.table = table;
    this.manager = manager;
    this.op = op;
    this.origin = origin;
    this.begun = begun;
  }

  PendingUpdate<?> update() {
    return switch (op.get("op").asText()) {
      case "rewriteManifests" -> rewriteManifests();
      case "expire" -> expire();
      case "properties" -> properties();
      case "schema" -> schema();
      case "spec" -> spec();
      case "sortOrder" -> sortOrder();
      default -> manageSnapshots();
    };
  }

  private RewriteManifests rewriteManifests() {
    boolean byPartition = op.get("clusterBy").asText().equals("partition");
    return table.rewriteManifests().clusterBy(file -> byPartition ? file.partition().toString() : "");
  }

  private ExpireSnapshots expire() {
    ExpireSnapshots expire = table.expireSnapshots().cleanExpiredFiles(false);
    JsonNode before = op.get("before");
    if (!before.asText().equals("default")) expire.expireOlderThan(moment(before));
    if (op.hasNonNull("retain")) expire.retainLast(op.get("retain").asInt());
    for (JsonNode ordinal : op.get("ids")) {
      Snapshot snapshot = Fields.snapshot(origin, ordinal);
      if (snapshot != null) expire.expireSnapshotId(snapshot.snapshotId());
    }
    return expire;
  }

  private long moment(JsonNode before) {
    if (before.isNumber()) return begun.isEmpty() ? 0 : begun.get(before.asInt() % begun.size());
    long day = TimeUnit.DAYS.toMillis(1);
    return System.currentTimeMillis() + (before.asText().equals("all") ? day : -day);
  }

  private UpdateProperties properties() {
    UpdateProperties update = table.updateProperties();
    op.get("set").fields().forEachRemaining(e -> update.set(e.getKey(), e.getValue().asText()));
    op.get("remove").forEach(key -> update.remove(key.asText()));
    return update;
  }

  private UpdateSchema schema() {
    UpdateSchema update = table.updateSchema();
    for (JsonNode edit : op.get("edits")) {
      String column = edit.path("column").asText();
      switch (edit.get("edit").asText()) {
        case "add" ->
            update.addColumn(
                edit.get("name").asText(),
                Types.fromPrimitiveString(edit.get("type").asText()),
                edit.path("doc").asText(null));
        case "drop" -> update.deleteColumn(column);
        case "rename" -> update.renameColumn(column, edit.get("name").asText());
        case "widen" -> update.updateColumn(column, Types.LongType.get());
        case "move" -> move(update, edit, column);
        default -> update.makeColumnOptional(column);
      }
    }
    return update;
  }

  private static void move(UpdateSchema update, JsonNode edit, String column) {
    if (edit.has("after")) update.moveAfter(column, edit.get("after").asText());
    else if (edit.has("before")) update.moveBefore(column, edit.get("before").asText());
    else update.moveFirst(column);
  }

  private UpdatePartitionSpec spec() {
    UpdatePartitionSpec update = table.updateSpec();
    op.get("remove").forEach(name -> update.removeField(name.asText()));
    for (JsonNode field : op.get("add")) {
      if (field.has("name")) update.addField(field.get("name").asText(), Fields.term(field));
      else update.addField(Fields.term(field));
    }
    return update;
  }

  private ReplaceSortOrder sortOrder() {
    ReplaceSortOrder update = table.replaceSortOrder();
    for (JsonNode each : op.get("columns")) {
      String column = each.get("column").asText();
      NullOrder nulls =
          each.get("nullsLast").asBoolean() ? NullOrder.NULLS_LAST : NullOrder.NULLS_FIRST;
      if (each.get("descending").asBoolean()) update.desc(column, nulls);
      else update.asc(column, nulls);
    }
    return update;
  }

  private ManageSnapshots manageSnapshots() {
    ManageSnapshots manage = manager.get();
    String name = op.path("name").asText();
    String to = op.path("to").asText();
    switch (op.get("op").asText()) {
      case "removeBranch":
        return manage.removeBranch(name);
      case "removeTag":
        return manage.removeTag(name);
      case "renameBranch":
        return manage.renameBranch(name, to);
      case "replaceBranch":
        return manage.replaceBranch(name, to);
      case "fastForward":
        return manage.fastForwardBranch(name, to);
      default:
    }
    Snapshot snapshot = Fields.snapshot(origin, op.get("snapshot"));
    if (snapshot == null) return null;
    long id = snapshot.snapshotId();
    return switch (op.get("op").asText()) {
      case "rollback" -> manage.rollbackTo(id);
      case "setCurrent" -> manage.setCurrentSnapshot(id);
      case "cherryPick" -> manage.cherrypick(id);
      case "createBranch" -> kept(manage.createBranch(name, id), name);
      case "createTag" -> kept(manage.createTag(name, id), name);
      default -> throw new IllegalArgumentException(op.toString());
    };
  }

  private ManageSnapshots kept(ManageSnapshots manage, String name) {
    if (op.has("minSnapshotsToKeep")) {
      manage.setMinSnapshotsToKeep(name, op.get("minSnapshotsToKeep").asInt());
    }
    if (op.has("maxSnapshotAgeMs")) manage.setMaxSnapshotAgeMs(name, op.get("maxSnapshotAgeMs").asLong());
    if (op.has("maxRefAgeMs")) manage.setMaxRefAgeMs(name, op.get("maxRefAgeMs").asLong());
    return manage;
  }
}
