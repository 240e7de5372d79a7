package icejam;

import static org.apache.iceberg.expressions.Expressions.alwaysTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.Term;
import org.apache.iceberg.expressions.UnboundTerm;
import org.apache.iceberg.transforms.Transform;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** What a history says of files, filters and partition fields, in Iceberg's terms. */
final class Fields {
  private Fields() {}

  static void addTo(PartitionSpec.Builder spec, JsonNode field) {
    String column = field.get("column").asText();
    switch (field.get("transform").asText()) {
      case "identity" -> spec.identity(column);
      case "bucket" -> spec.bucket(column, 4);
      case "year" -> spec.year(column);
      case "month" -> spec.month(column);
      case "day" -> spec.day(column);
      case "hour" -> spec.hour(column);
      default -> spec.truncate(column, 10);
    }
  }

  static Term term(JsonNode field) {
    String column = field.get("column").asText();
    return switch (field.get("transform").asText()) {
      case "identity" -> Expressions.ref(column);
      case "bucket" -> Expressions.bucket(column, 4);
      case "year" -> Expressions.year(column);
      case "month" -> Expressions.month(column);
      case "day" -> Expressions.day(column);
      case "hour" -> Expressions.hour(column);
      default -> Expressions.truncate(column, 10);
    };
  }

  static DataFile dataFile(PartitionSpec spec, JsonNode file) {
    return DataFiles.builder(spec)
        .withPath(path(file.get("name").asText()))
        .withFormat(FileFormat.PARQUET)
        .withPartition(partition(spec, file))
        .withFileSizeInBytes(file.get("bytes").asLong())
        .withMetrics(metrics(file))
        .build();
  }

  static DeleteFile deleteFile(PartitionSpec spec, DataFile target, JsonNode file) {
    FileMetadata.Builder builder =
        FileMetadata.deleteFileBuilder(spec)
            .withPath(path(file.get("name").asText()))
            .withPartition(target.partition())
            .withRecordCount(1)
            .withFileSizeInBytes(file.get("bytes").asLong());
    return switch (file.get("kind").asText()) {
      case "equality" -> builder.ofEqualityDeletes(1).withFormat(FileFormat.PARQUET).build();
      case "vector" ->
          builder
              .ofPositionDeletes()
              .withFormat(FileFormat.PUFFIN)
              .withPath(path(file.get("name").asText()).replace(".parquet", ".puffin"))
              .withReferencedDataFile(target.location())
              .withContentOffset(4)
              .withContentSizeInBytes(6)
              .build();
      case "nameless" -> builder.ofPositionDeletes().withFormat(FileFormat.PARQUET).build();
      default ->
          builder
              .ofPositionDeletes()
              .withFormat(FileFormat.PARQUET)
              .withReferencedDataFile(target.location())
              .build();
    };
  }

  static String path(String name) {
    return Histories.LOCATION + "/data/" + name + ".parquet";
  }

  /** A snapshot by its place among all that the table knows. */
  static Snapshot snapshot(Table table, JsonNode ordinal) {
    List<Snapshot> snapshots = new ArrayList<>();
    table.snapshots().forEach(snapshots::add);
    return snapshots.isEmpty() ? null : snapshots.get(ordinal.asInt() % snapshots.size());
  }

  private static final Map<Integer, Type> TYPES =
      Map.of(
          1, Types.LongType.get(),
          2, Types.StringType.get(),
          3, Types.StringType.get(),
          4, Types.TimestampType.withZone());

  private static Object column(int id, JsonNode file) {
    return switch (id) {
      case 1 -> file.get("id").asLong();
      case 2 -> file.get("data").asText(null);
      case 3 -> file.get("p").asText(null);
      default -> file.get("at").isNull() ? null : file.get("at").asLong() * 3_600_000_000L;
    };
  }

  @SuppressWarnings("unchecked")
  private static PartitionData partition(PartitionSpec spec, JsonNode file) {
    PartitionData data = new PartitionData(spec.partitionType());
    for (int index = 0; index < spec.fields().size(); index += 1) {
      PartitionField field = spec.fields().get(index);
      Transform<Object, Object> transform = (Transform<Object, Object>) field.transform();
      Object value = column(field.sourceId(), file);
      data.set(index, transform.bind(TYPES.get(field.sourceId())).apply(value));
    }
    return data;
  }

  private static Metrics metrics(JsonNode file) {
    long records = file.get("records").asLong();
    if (file.path("bare").asBoolean()) return new Metrics(records);
    Map<Integer, Long> values = new HashMap<>();
    Map<Integer, Long> nulls = new HashMap<>();
    Map<Integer, ByteBuffer> lower = new HashMap<>();
    Map<Integer, ByteBuffer> upper = new HashMap<>();
    TYPES.forEach(
        (id, type) -> {
          Object value = column(id, file);
          values.put(id, records);
          nulls.put(id, value == null ? records : 0L);
          if (value == null) return;
          Object last = id == 1 ? (Object) ((Long) value + records - 1) : value;
          lower.put(id, Conversions.toByteBuffer(type, value));
          upper.put(id, Conversions.toByteBuffer(type, last));
        });
    return new Metrics(records, null, values, nulls, null, lower, upper);
  }

  static Expression filter(JsonNode filter) {
    if (filter == null || filter.isNull()) return alwaysTrue();
    String op = filter.get("op").asText();
    String column = filter.path("column").asText();
    return switch (op) {
      case "true" -> alwaysTrue();
      case "false" -> Expressions.alwaysFalse();
      case "and" -> Expressions.and(filter(filter.get("left")), filter(filter.get("right")));
      case "or" -> Expressions.or(filter(filter.get("left")), filter(filter.get("right")));
      case "not" -> Expressions.not(filter(filter.get("operand")));
      case "is_null" -> Expressions.isNull(column);
      case "not_null" -> Expressions.notNull(column);
      case "in", "not in" -> {
        List<Object> values = new ArrayList<>();
        filter.get("values").forEach(value -> values.add(literal(value)));
        yield op.equals("in") ? Expressions.in(column, values) : Expressions.notIn(column, values);
      }
      case "==" -> Expressions.equal(column, literal(filter.get("value")));
      case "!=" -> Expressions.notEqual(column, literal(filter.get("value")));
      case "<" -> Expressions.lessThan(column, literal(filter.get("value")));
      case "<=" -> Expressions.lessThanOrEqual(column, literal(filter.get("value")));
      case ">" -> Expressions.greaterThan(column, literal(filter.get("value")));
      case ">=" -> Expressions.greaterThanOrEqual(column, literal(filter.get("value")));
      default -> throw new IllegalArgumentException(op);
    };
  }

  private static Object literal(JsonNode value) {
    if (value.isNumber()) return value.asLong();
    return value.asText();
  }
}
