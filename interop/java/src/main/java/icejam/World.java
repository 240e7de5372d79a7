package icejam;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.inmemory.InMemoryFileIO;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.types.Types;

/** One table that several writers write, step by step. */
final class World {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "data", Types.StringType.get()),
          Types.NestedField.optional(3, "p", Types.StringType.get()),
          Types.NestedField.optional(4, "at", Types.TimestampType.withZone()));

  private final FileIO io = new InMemoryFileIO();
  private final AtomicReference<String> pointer = new AtomicReference<>();
  private final TableState state = new TableState();
  private final Map<String, Built> built = new HashMap<>();
  /**
   * When each commit began. Snapshots of a transaction bear the time at which it was built, unless it is made again; a
   * commit that changed nothing has no moment, as a transaction built before it may still land with the older one.
   */
  private final List<Long> begun = new ArrayList<>();

  /** An operation that waits to be committed, or the reason why it could not be built. */
  private record Built(
      MemoryTableOperations operations, Operation operation, Exception error, boolean isStamped, long at) {}

  World(JsonNode definition) {
    Map<String, String> properties = new HashMap<>();
    definition.get("properties").fields().forEachRemaining(e -> properties.put(e.getKey(), e.getValue().asText()));
    properties.put("format-version", definition.get("formatVersion").asText());
    PartitionSpec.Builder spec = PartitionSpec.builderFor(SCHEMA);
    for (JsonNode field : definition.get("spec")) Fields.addTo(spec, field);
    MemoryTableOperations operations = new MemoryTableOperations(io, pointer);
    operations.commit(
        null,
        TableMetadata.newTableMetadata(
            SCHEMA, spec.build(), SortOrder.unsorted(), Histories.LOCATION, properties));
  }

  ArrayNode run(JsonNode steps) {
    ArrayNode results = JsonNodeFactory.instance.arrayNode();
    for (JsonNode step : steps) {
      String writer = step.path("writer").asText();
      switch (step.get("do").asText()) {
        case "build" -> built.put(writer, build(step.get("op")));
        case "commit" -> results.add(commit(built.remove(writer), step));
        default -> results.add(commit(build(step.get("op")), step));
      }
    }
    return results;
  }

  private Built build(JsonNode op) {
    long at = moment();
    boolean isStamped = op.get("op").asText().equals("transaction");
    MemoryTableOperations operations = new MemoryTableOperations(io, pointer);
    Table table = new BaseTable(operations, Histories.TABLE);
    try {
      return new Built(operations, Operation.build(table, op, begun), null, isStamped, at);
    } catch (RuntimeException error) {
      return new Built(operations, null, error, isStamped, at);
    }
  }

  private ObjectNode commit(Built change, JsonNode around) {
    int number = begun.size();
    begun.add(change.isStamped() ? change.at() : moment());
    String before = pointer.get();
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    ArrayNode inside = result.putArray("windows");
    Iterator<JsonNode> left = around.path("windows").elements();
    change.operations().around(
        () -> {
          if (left.hasNext()) commitAll(left.next(), inside);
        },
        () -> commitAll(around.path("behind"), inside),
        around.path("answers").elements());
    result.put("outcome", outcome(change));
    result.put("swaps", change.operations().swaps());
    if (pointer.get().equals(before)) begun.set(number, 0L);
    MemoryTableOperations fresh = new MemoryTableOperations(io, pointer);
    result.set("state", state.describe(fresh.refresh(), io));
    return result;
  }

  private void commitAll(JsonNode operations, ArrayNode inside) {
    for (JsonNode op : operations) {
      inside.add(commit(build(op), JsonNodeFactory.instance.objectNode()));
    }
  }

  /** Now, some time after all commits so far: what is older can be told. */
  private static long moment() {
    long until = System.nanoTime() + 2_000_000;
    for (long left = 2_000_000; left > 0; left = until - System.nanoTime()) LockSupport.parkNanos(left);
    return System.currentTimeMillis();
  }

  private String outcome(Built change) {
    try {
      if (change.error() != null) throw change.error();
      if (change.operation() == null) return "skipped";
      change.operation().commit();
      return "committed";
    } catch (Exception error) {
      if (error instanceof CommitStateUnknownException) return "CommitStateUnknown";
      Class<?> kind = error instanceof ValidationException ? ValidationException.class : error.getClass();
      return kind.getSimpleName().replace("Exception", "") + ": " + state.named(error.getMessage());
    }
  }
}
