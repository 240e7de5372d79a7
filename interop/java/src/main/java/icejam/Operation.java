package icejam;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.ManageSnapshots;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PendingUpdate;
import org.apache.iceberg.ReplacePartitions;
import org.apache.iceberg.ReplaceSortOrder;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.RewriteManifests;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdatePartitionSpec;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/** One operation of a history, built on the table as it is now. */
interface Operation {
  void commit();

  /** Null if the operation needs files or snapshots that are not there. */
  static Operation build(Table table, JsonNode op) {
    if (!op.get("op").asText().equals("transaction")) {
      PendingUpdate<?> update = new Builder(table, op).update();
      return update == null ? null : update::commit;
    }
    Transaction transaction = table.newTransaction();
    for (JsonNode each : op.get("ops")) {
      PendingUpdate<?> update = new Builder(transaction.table(), each, transaction).update();
      if (update != null) update.commit();
    }
    return transaction::commitTransaction;
  }

  /** Builds one operation, directly or as a part of a transaction. */
  final class Builder {
    private final Table table;
    private final JsonNode op;
    private final Transaction transaction;

    Builder(Table table, JsonNode op) {
      this(table, op, null);
    }

    Builder(Table table, JsonNode op, Transaction transaction) {
      this.table = table;
      this.op = op;
      this.transaction = transaction;
    }

    PendingUpdate<?> update() {
      // The totals of a branch that the commit itself creates start from nothing, whatever is on it.
      if (op.hasNonNull("branch") && !table.refs().containsKey(op.get("branch").asText())) {
        return null;
      }
      return switch (op.get("op").asText()) {
        case "append" -> append();
        case "replacePartitions" -> replacePartitions();
        case "overwrite" -> overwrite();
        case "copyOnWrite" -> copyOnWrite();
        case "delete" -> delete();
        case "deleteFiles" -> deleteFiles();
        case "rowDelta" -> rowDelta();
        case "rewrite" -> rewrite();
        case "rewriteManifests" -> rewriteManifests();
        case "expire" -> expire();
        case "properties" -> properties();
        case "schema" -> schema();
        case "spec" -> spec();
        case "sortOrder" -> sortOrder();
        default -> manageSnapshots();
      };
    }

    private PendingUpdate<?> append() {
      AppendFiles append;
      if (transaction != null) {
        append = op.get("fast").asBoolean() ? transaction.newFastAppend() : transaction.newAppend();
      } else {
        append = op.get("fast").asBoolean() ? table.newFastAppend() : table.newAppend();
      }
      files().forEach(append::appendFile);
      return aimed(append);
    }

    private PendingUpdate<?> replacePartitions() {
      ReplacePartitions replace =
          transaction == null ? table.newReplacePartitions() : transaction.newReplacePartitions();
      files().forEach(replace::addFile);
      if (op.path("appendOnly").asBoolean()) replace.validateAppendOnly();
      if (validates()) {
        if (since() != null) replace.validateFromSnapshot(since());
        replace.validateNoConflictingDeletes();
        if (isSerializable()) replace.validateNoConflictingData();
      }
      return aimed(replace);
    }

    private PendingUpdate<?> overwrite() {
      OverwriteFiles overwrite =
          transaction == null ? table.newOverwrite() : transaction.newOverwrite();
      overwrite.overwriteByRowFilter(Fields.filter(op.get("filter")));
      files().forEach(overwrite::addFile);
      if (op.path("addedFilesMatchFilter").asBoolean()) {
        overwrite.validateAddedFilesMatchOverwriteFilter();
      }
      return aimed(validated(overwrite));
    }

    private PendingUpdate<?> copyOnWrite() {
      List<DataFile> removed = picked(op.get("remove"));
      if (removed.isEmpty()) return null;
      OverwriteFiles overwrite = table.newOverwrite();
      removed.forEach(overwrite::deleteFile);
      files().forEach(overwrite::addFile);
      return aimed(validated(overwrite));
    }

    private OverwriteFiles validated(OverwriteFiles overwrite) {
      if (!validates()) return overwrite;
      if (since() != null) overwrite.validateFromSnapshot(since());
      if (op.hasNonNull("conflictFilter")) {
        overwrite.conflictDetectionFilter(Fields.filter(op.get("conflictFilter")));
      }
      overwrite.validateNoConflictingDeletes();
      if (isSerializable()) overwrite.validateNoConflictingData();
      return overwrite;
    }

    private PendingUpdate<?> delete() {
      DeleteFiles delete = transaction == null ? table.newDelete() : transaction.newDelete();
      return aimed(delete.deleteFromRowFilter(Fields.filter(op.get("filter"))));
    }

    private PendingUpdate<?> deleteFiles() {
      List<DataFile> removed = picked(op.get("remove"));
      if (removed.isEmpty()) return null;
      DeleteFiles delete = table.newDelete();
      removed.forEach(delete::deleteFile);
      if (op.get("mustExist").asBoolean()) delete.validateFilesExist();
      return aimed(delete);
    }

    /** As Spark's position delta write. */
    private PendingUpdate<?> rowDelta() {
      List<DataFile> targets = picked(op.get("targets"));
      if (targets.isEmpty()) return null;
      RowDelta delta = table.newRowDelta();
      files().forEach(delta::addRows);
      List<String> referenced = new ArrayList<>();
      for (int index = 0; index < targets.size(); index += 1) {
        DataFile target = targets.get(index);
        JsonNode file = op.get("deletes").get(index);
        if (file == null) continue;
        delta.addDeletes(Fields.deleteFile(table.specs().get(target.specId()), target, file));
        if (!file.get("kind").asText().equals("equality")) referenced.add(target.location());
      }
      picked(op.get("remove")).forEach(delta::removeRows);
      if (since() != null) delta.validateFromSnapshot(since());
      if (validates()) {
        delta.conflictDetectionFilter(Fields.filter(op.get("conflictFilter")));
        delta.validateDataFilesExist(referenced);
        if (op.get("command").asText().equals("update")) {
          delta.validateDeletedFiles();
          delta.validateNoConflictingDeleteFiles();
        }
        if (isSerializable()) delta.validateNoConflictingDataFiles();
      }
      return aimed(delta);
    }

    private PendingUpdate<?> rewrite() {
      List<DataFile> removed = picked(op.get("remove"));
      if (removed.isEmpty()) return null;
      RewriteFiles rewrite = table.newRewrite();
      removed.forEach(rewrite::deleteFile);
      files().forEach(rewrite::addFile);
      rewrite.validateFromSnapshot(since());
      if (op.get("startingSequence").asBoolean()) {
        rewrite.dataSequenceNumber(table.currentSnapshot().sequenceNumber());
      }
      return aimed(rewrite);
    }

    private PendingUpdate<?> rewriteManifests() {
      boolean byPartition = op.get("clusterBy").asText().equals("partition");
      RewriteManifests rewrite = table.rewriteManifests();
      return rewrite.clusterBy(file -> byPartition ? file.partition().toString() : "");
    }

    private PendingUpdate<?> expire() {
      ExpireSnapshots expire = table.expireSnapshots().cleanExpiredFiles(false);
      long day = TimeUnit.DAYS.toMillis(1);
      long now = System.currentTimeMillis();
      expire.expireOlderThan(op.get("all").asBoolean() ? now + day : now - day);
      if (op.hasNonNull("retain")) expire.retainLast(op.get("retain").asInt());
      for (JsonNode ordinal : op.get("ids")) {
        Snapshot snapshot = snapshot(ordinal);
        if (snapshot != null) expire.expireSnapshotId(snapshot.snapshotId());
      }
      return expire;
    }

    private PendingUpdate<?> properties() {
      UpdateProperties update =
          transaction == null ? table.updateProperties() : transaction.updateProperties();
      op.get("set").fields().forEachRemaining(e -> update.set(e.getKey(), e.getValue().asText()));
      op.get("remove").forEach(key -> update.remove(key.asText()));
      return update;
    }

    private PendingUpdate<?> schema() {
      UpdateSchema update = table.updateSchema();
      for (JsonNode edit : op.get("edits")) {
        String column = edit.path("column").asText();
        switch (edit.get("edit").asText()) {
          case "add" -> update.addColumn(edit.get("name").asText(), Types.IntegerType.get());
          case "drop" -> update.deleteColumn(column);
          case "rename" -> update.renameColumn(column, edit.get("name").asText());
          case "widen" -> update.updateColumn(column, Types.LongType.get());
          default -> update.makeColumnOptional(column);
        }
      }
      return update;
    }

    private PendingUpdate<?> spec() {
      UpdatePartitionSpec update = table.updateSpec();
      op.get("remove").forEach(name -> update.removeField(name.asText()));
      op.get("add").forEach(field -> update.addField(Fields.term(field)));
      return update;
    }

    private PendingUpdate<?> sortOrder() {
      ReplaceSortOrder update = table.replaceSortOrder();
      op.get("columns").forEach(column -> update.asc(column.asText()));
      return update;
    }

    private PendingUpdate<?> manageSnapshots() {
      ManageSnapshots manage = table.manageSnapshots();
      String name = op.path("name").asText();
      switch (op.get("op").asText()) {
        case "removeBranch":
          return manage.removeBranch(name);
        case "removeTag":
          return manage.removeTag(name);
        case "fastForward":
          return manage.fastForwardBranch(name, op.get("to").asText());
        default:
      }
      Snapshot snapshot = snapshot(op.get("snapshot"));
      if (snapshot == null) return null;
      long id = snapshot.snapshotId();
      return switch (op.get("op").asText()) {
        case "rollback" -> manage.rollbackTo(id);
        case "setCurrent" -> manage.setCurrentSnapshot(id);
        case "cherryPick" -> manage.cherrypick(id);
        case "createBranch" -> manage.createBranch(name, id);
        case "createTag" -> manage.createTag(name, id);
        default -> throw new IllegalArgumentException(op.toString());
      };
    }

    private <T extends SnapshotUpdate<T>> T aimed(T update) {
      if (op.hasNonNull("branch")) update.toBranch(op.get("branch").asText());
      if (op.hasNonNull("wap")) update.set("wap.id", op.get("wap").asText()).stageOnly();
      return update;
    }

    private boolean validates() {
      return !op.path("isolation").asText("none").equals("none");
    }

    private boolean isSerializable() {
      return op.path("isolation").asText().equals("serializable");
    }

    private Snapshot head() {
      return op.hasNonNull("branch")
          ? table.snapshot(op.get("branch").asText())
          : table.currentSnapshot();
    }

    private Long since() {
      return head() == null ? null : head().snapshotId();
    }

    private List<DataFile> files() {
      List<DataFile> files = new ArrayList<>();
      op.get("files").forEach(file -> files.add(Fields.dataFile(table.spec(), file)));
      return files;
    }

    private Snapshot snapshot(JsonNode ordinal) {
      List<Snapshot> snapshots = new ArrayList<>();
      table.snapshots().forEach(snapshots::add);
      return snapshots.isEmpty() ? null : snapshots.get(ordinal.asInt() % snapshots.size());
    }

    /** Live data files by path: those of one letter, so many from one place on. */
    private List<DataFile> picked(JsonNode pick) {
      Snapshot head = head();
      if (head == null || pick == null || pick.isNull()) return List.of();
      List<DataFile> live = new ArrayList<>();
      Set<String> seen = new HashSet<>();
      try (CloseableIterable<FileScanTask> tasks =
          table.newScan().useSnapshot(head.snapshotId()).planFiles()) {
        for (FileScanTask task : tasks) {
          String name = task.file().location();
          if (name.startsWith(Fields.path(pick.get("letter").asText()).replace(".parquet", "")) && seen.add(name)) {
            live.add(task.file().copy());
          }
        }
      } catch (java.io.IOException error) {
        throw new java.io.UncheckedIOException(error);
      }
      live.sort(Comparator.comparing(DataFile::location));
      if (live.isEmpty()) return live;
      int from = pick.get("from").asInt() % live.size();
      return live.subList(from, Math.min(live.size(), from + pick.get("count").asInt()));
    }
  }
}
