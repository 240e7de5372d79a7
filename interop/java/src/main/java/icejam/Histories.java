package icejam;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Reads one history per line and writes one line with what each of its steps came to. */
public final class Histories {
  static final String TABLE = "w.test.t";
  static final String LOCATION = "mem:///w/test/t";

  private Histories() {}

  public static void main(String[] args) throws Exception {
    ObjectMapper json = new ObjectMapper();
    List<String> lines;
    try (BufferedReader histories = Files.newBufferedReader(Path.of(args[0]))) {
      lines = histories.lines().collect(Collectors.toList());
    }
    try (BufferedWriter results = Files.newBufferedWriter(Path.of(args[1]))) {
      for (String line : lines) {
        JsonNode history = json.readTree(line);
        results.write(json.writeValueAsString(new World(history.get("table")).run(history.get("steps"))));
        results.newLine();
      }
    }
    // Iceberg's pools of threads would keep the program alive.
    System.exit(0);
  }
}
