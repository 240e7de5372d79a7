package icejam;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.iceberg.BaseMetastoreTableOperations;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.FileIO;

/** One writer's view of the only table of a world: a compare-and-set on a location that all writers share. */
final class MemoryTableOperations extends BaseMetastoreTableOperations {
  private final FileIO io;
  private final AtomicReference<String> pointer;
  /** Runs after the metadata file is written and before the compare-and-set. */
  private Runnable beforeSwap = () -> {};
  /** Runs when the answer to a compare-and-set is missing, before anybody looks for it. */
  private Runnable behind = () -> {};
  /** What becomes of the answers to the next compare-and-sets. */
  private Iterator<JsonNode> answers = Collections.emptyIterator();
  private int swaps = 0;

  MemoryTableOperations(FileIO io, AtomicReference<String> pointer) {
    this.io = io;
    this.pointer = pointer;
  }

  void around(Runnable beforeSwap, Runnable behind, Iterator<JsonNode> answers) {
    this.beforeSwap = beforeSwap;
    this.behind = behind;
    this.answers = answers;
  }

  /** How often this writer has tried to swap. */
  int swaps() {
    return swaps;
  }

  @Override
  protected String tableName() {
    return Histories.TABLE;
  }

  @Override
  public FileIO io() {
    return io;
  }

  @Override
  protected void doRefresh() {
    if (pointer.get() == null) disableRefresh();
    else refreshFromMetadataLocation(pointer.get(), 0);
  }

  @Override
  protected void doCommit(TableMetadata base, TableMetadata metadata) {
    String expected = base == null ? null : base.metadataFileLocation();
    String next = writeNewMetadataIfRequired(base == null, metadata);
    swaps += 1;
    beforeSwap.run();
    String answer = answers.hasNext() ? answers.next().asText() : "comes";
    boolean won = !answer.equals("unsent") && pointer.compareAndSet(expected, next);
    if (!answer.equals("comes")) {
      behind.run();
      // As the catalogs do that ask again: the strict check would take an answer that is missing for a loss.
      if (checkCommitStatus(next, metadata) == CommitStatus.SUCCESS) return;
      throw new CommitStateUnknownException(new IllegalStateException("The answer is lost"));
    }
    if (!won) {
      throw new CommitFailedException(
          "Cannot commit to table %s metadata location from %s to %s because it has been concurrently modified to %s",
          tableName(), expected, next, pointer.get());
    }
  }
}
