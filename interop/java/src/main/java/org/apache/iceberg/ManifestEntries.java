package org.apache.iceberg;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.iceberg.io.FileIO;

/** Iceberg shows the entries of a manifest only to its own package. */
public final class ManifestEntries {
  private ManifestEntries() {}

  /** One line for each entry, inherited values filled in. */
  public static List<String> of(
      ManifestFile manifest,
      FileIO io,
      Map<Integer, PartitionSpec> specs,
      Function<Long, String> snapshotName) {
    List<String> lines = new ArrayList<>();
    try (ManifestReader<?> reader = ManifestFiles.open(manifest, io, specs)) {
      for (ManifestEntry<?> entry : reader.entries()) {
        ContentFile<?> file = entry.file();
        lines.add(
            String.format(
                "%s %s in %s by %s data %d file %d row %s",
                entry.status(),
                file.location().replaceAll(".*/", ""),
                reader.spec().partitionToPath(file.partition()),
                snapshotName.apply(entry.snapshotId()),
                entry.dataSequenceNumber(),
                entry.fileSequenceNumber(),
                file.firstRowId()));
      }
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
    return lines;
  }
}
