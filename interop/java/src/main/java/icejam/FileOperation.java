package icejam;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.PendingUpdate;
import org.apache.iceberg.ReplacePartitions;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;

/** An operation that adds and removes files. */
final class FileOperation {
  private final Table table;
  private final JsonNode op;
  private final Table origin;

  FileOperation(Table table, JsonNode op, Table origin) {
    this.table = table;
    this.op = op;
    this.origin = origin;
  }

  PendingUpdate<?> update() {
    // The totals of a branch that the commit itself creates start from nothing, whatever is on it.
    if (op.hasNonNull("branch") && !origin.refs().containsKey(op.get("branch").asText())) {
      return null;
    }
    return switch (op.get("op").asText()) {
      case "append" -> append();
      case "replacePartitions" -> replacePartitions();
      case "overwrite" -> overwrite();
      case "copyOnWrite" -> copyOnWrite();
      case "delete" -> aimed(table.newDelete().deleteFromRowFilter(Fields.filter(op.get("filter"))));
      case "deleteFiles" -> deleteFiles();
      case "rowDelta" -> rowDelta();
      default -> rewrite();
    };
  }

  private PendingUpdate<?> append() {
    AppendFiles append = op.get("fast").asBoolean() ? table.newFastAppend() : table.newAppend();
    files().forEach(append::appendFile);
    return aimed(append);
  }

  private PendingUpdate<?> replacePartitions() {
    ReplacePartitions replace = table.newReplacePartitions();
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
    OverwriteFiles overwrite = table.newOverwrite();
    if (op.hasNonNull("filter")) overwrite.overwriteByRowFilter(Fields.filter(op.get("filter")));
    picked(op.get("remove")).forEach(overwrite::deleteFile);
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
      DeleteFile deletes = Fields.deleteFile(origin.specs().get(target.specId()), target, file);
      delta.addDeletes(deletes);
      if (deletes.referencedDataFile() != null) referenced.add(target.location());
    }
    picked(op.get("remove")).forEach(delta::removeRows);
    if (op.path("removeDeletes").asBoolean()) deletesOf(targets).forEach(delta::removeDeletes);
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
    List<DataFile> data = picked(op.get("remove"));
    if (data.isEmpty()) return null;
    RewriteFiles rewrite = table.newRewrite();
    if (!op.path("keepData").asBoolean()) data.forEach(rewrite::deleteFile);
    if (op.path("removeDeletes").asBoolean()) deletesOf(data).forEach(rewrite::deleteFile);
    files().forEach(rewrite::addFile);
    if (since() != null) rewrite.validateFromSnapshot(since());
    if (op.get("startingSequence").asBoolean()) {
      rewrite.dataSequenceNumber(
          origin.currentSnapshot() == null ? 0 : origin.currentSnapshot().sequenceNumber());
    }
    return aimed(rewrite);
  }

  private <T extends SnapshotUpdate<T>> T aimed(T update) {
    op.path("summary").fields().forEachRemaining(e -> update.set(e.getKey(), e.getValue().asText()));
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

  private Snapshot head(Table of) {
    return op.hasNonNull("branch") ? of.snapshot(op.get("branch").asText()) : of.currentSnapshot();
  }

  private Long since() {
    JsonNode wanted = op.path("since");
    if (wanted.isTextual()) return null;
    Snapshot start = wanted.isNumber() ? Fields.snapshot(origin, wanted) : head(table);
    return start == null ? null : start.snapshotId();
  }

  private List<DataFile> files() {
    List<PartitionSpec> specs = new ArrayList<>(origin.specs().values());
    List<DataFile> files = new ArrayList<>();
    for (JsonNode file : op.get("files")) {
      PartitionSpec spec =
          file.has("spec") ? specs.get(file.get("spec").asInt() % specs.size()) : origin.spec();
      files.add(Fields.dataFile(spec, file));
    }
    return files;
  }

  /** Live data files by path: those of one letter, so many from one place on. */
  private List<DataFile> picked(JsonNode pick) {
    if (pick == null || pick.isNull()) return List.of();
    String prefix = Fields.path(pick.get("letter").asText()).replace(".parquet", "");
    List<DataFile> live = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (FileScanTask task : scan()) {
      String name = task.file().location();
      if (name.startsWith(prefix) && seen.add(name)) live.add(task.file().copy());
    }
    live.sort(Comparator.comparing(DataFile::location));
    if (live.isEmpty()) return live;
    int from = pick.get("from").asInt() % live.size();
    return live.subList(from, Math.min(live.size(), from + pick.get("count").asInt()));
  }

  /** The delete files that apply to data files. */
  private Collection<DeleteFile> deletesOf(List<DataFile> files) {
    Set<String> wanted = new HashSet<>();
    files.forEach(file -> wanted.add(file.location()));
    Map<String, DeleteFile> found = new LinkedHashMap<>();
    for (FileScanTask task : scan()) {
      if (!wanted.contains(task.file().location())) continue;
      task.deletes().forEach(each -> found.put(each.location(), each));
    }
    return found.values();
  }

  private List<FileScanTask> scan() {
    Snapshot head = head(origin);
    List<FileScanTask> tasks = new ArrayList<>();
    if (head == null) return tasks;
    try (CloseableIterable<FileScanTask> planned =
        origin.newScan().useSnapshot(head.snapshotId()).planFiles()) {
      planned.forEach(tasks::add);
    } catch (java.io.IOException error) {
      throw new java.io.UncheckedIOException(error);
    }
    return tasks;
  }
}
