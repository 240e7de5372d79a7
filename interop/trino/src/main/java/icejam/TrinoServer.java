package icejam;

import io.trino.plugin.iceberg.IcebergPlugin;
import io.trino.server.testing.TestingTrinoServer;
import java.util.Map;

/**
 * A Trino of one node with the catalog <code>iceberg</code>, which is kept in a folder (the only argument). Prints its
 * address, and runs until its input ends.
 */
public final class TrinoServer {
  private TrinoServer() {}

  public static void main(String[] args) throws Exception {
    // The server takes System.out for its log.
    var out = System.out;
    try (var server = TestingTrinoServer.create()) {
      server.installPlugin(new IcebergPlugin());
      server.createCatalog("iceberg", "iceberg", Map.of(
          "iceberg.catalog.type", "TESTING_FILE_METASTORE",
          "hive.metastore.catalog.dir", "local://" + args[0],
          "fs.local.enabled", "true",
          "local.location", "/",
          "iceberg.register-table-procedure.enabled", "true"));
      out.println(server.getBaseUrl());
      out.flush();
      System.in.read();
    }
  }
}
