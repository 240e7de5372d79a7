package icejam;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.iceberg.ManageSnapshots;
import org.apache.iceberg.PendingUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;

/** One operation of a history, built on the table as it is now. */
interface Operation {
  Set<String> ON_FILES =
      Set.of(
          "append", "replacePartitions", "overwrite", "copyOnWrite", "delete", "deleteFiles",
          "rowDelta", "rewrite");

  void commit();

  /** Null if the operation needs files or snapshots that are not there. `begun`: when each commit so far began. */
  static Operation build(Table table, JsonNode op, List<Long> begun) {
    if (!op.get("op").asText().equals("transaction")) {
      PendingUpdate<?> update = update(table, op, table, begun, table::manageSnapshots);
      return update == null ? null : update::commit;
    }
    Transaction transaction = table.newTransaction();
    for (JsonNode each : op.get("ops")) {
      PendingUpdate<?> update = update(transaction.table(), each, table, begun, transaction::manageSnapshots);
      if (update != null) update.commit();
    }
    return transaction::commitTransaction;
  }

  /** Files and snapshots are looked up in `origin`: the table before the transaction. */
  private static PendingUpdate<?> update(
      Table table, JsonNode op, Table origin, List<Long> begun, Supplier<ManageSnapshots> manager) {
    return ON_FILES.contains(op.get("op").asText())
        ? new FileOperation(table, op, origin).update()
        : new TableChange(table, op, origin, begun, manager).update();
  }
}
