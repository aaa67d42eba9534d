package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The names in the report are a promise to the programs that read it. */
class ReportTest {
  private static final Set<String> RESULT_FIELDS =
      Set.of(
          "store",
          "workload",
          "distribution",
          "records",
          "valueBytes",
          "threads",
          "device",
          "pendingDepth",
          "repetition",
          "operations",
          "elapsedNanos",
          "opsPerSecond",
          "p50Nanos",
          "p99Nanos",
          "p999Nanos",
          "allocatedBytesPerOp",
          "deviceReads",
          "deviceBytesRead",
          "deviceBytesWritten",
          "memoryBytes",
          "memoryBudgetBytes");

  @Test
  void shouldKeepItsFieldNames() {
    Report report = new Report("ycsb");
    Setting setting = new Setting("peregrine", "C", "zipf", 10, 8, 2, "auto", 128);
    report.add(new Result(setting, 1, new Measurement(1, 2, 3.5, 4, 5, 6, 7.5, 8, 9, 10, 11, 12)));
    report.put("medianRatioToChm", 0.8);
    JsonNode root = new ObjectMapper().readTree(report.toJson());
    assertEquals("ycsb", root.path("command").asString());
    assertEquals(0.8, root.path("facts").path("medianRatioToChm").asDouble());
    assertTrue(root.path("host").path("processors").asInt() > 0);
    JsonNode result = root.path("results").path(0);
    assertEquals(RESULT_FIELDS, Set.copyOf(result.propertyNames()));
    assertEquals(3.5, result.path("opsPerSecond").asDouble());
    assertEquals(5, result.path("p99Nanos").asLong());
    assertEquals("zipf", result.path("distribution").asString());
  }
}
