package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.log.DurableLog;
import dev.peregrine.log.LogConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands that look after a log. */
class LogCommandTest {
  @TempDir Path directory;

  private final StringWriter out = new StringWriter();

  private int run(String... args) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(out));
    return line.execute(args);
  }

  private static long[] fill(Path log) {
    long[] addresses = new long[20];
    LogConfig config = LogConfig.builder(log).segmentBytes(1 << 20).build();
    try (DurableLog open = DurableLog.open(config)) {
      for (int i = 0; i < addresses.length; i++) {
        addresses[i] = open.append(MemorySegment.ofArray(new byte[] {(byte) i, 1, 2}));
        open.commitAndWait();
      }
      open.openConsumer("reader", true).close();
    }
    return addresses;
  }

  @Test
  void shouldShowVerifyAndTruncateWhenTheLogIsGood() {
    Path log = directory.resolve("log");
    long[] addresses = fill(log);
    String dir = log.toString();
    assertEquals(Main.EXIT_OK, run("log", "info", dir), out::toString);
    assertTrue(out.toString().contains("consumer reader"), out::toString);
    assertEquals(Main.EXIT_OK, run("log", "info", "--json", dir), out::toString);
    assertTrue(out.toString().contains("\"commitNumber\" : 20"), out::toString);
    assertEquals(Main.EXIT_OK, run("log", "verify", dir), out::toString);
    assertTrue(out.toString().contains("20 entries"), out::toString);
    assertEquals(Main.EXIT_OK, run("log", "dump", "--limit", "1", dir), out::toString);
    assertTrue(out.toString().contains(addresses[0] + " 3 000102"), out::toString);
    String after = Long.toString(addresses[10]);
    assertEquals(Main.EXIT_OK, run("log", "truncate", "--after", after, dir), out::toString);
    assertEquals(Main.EXIT_OK, run("log", "verify", "--json", dir), out::toString);
    assertTrue(out.toString().contains("\"entries\" : 10"), out::toString);
    assertEquals(Main.EXIT_USAGE, run("log", "truncate", "--after", "65", dir), out::toString);
    assertEquals(Main.EXIT_USAGE, run("log", "truncate", dir), out::toString);
  }

  @Test
  void shouldReportAndRepairWhenTheLogIsDamaged() throws Exception {
    Path log = directory.resolve("log");
    long[] addresses = fill(log);
    Path file = log.resolve("log.000000000");
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) addresses[15] + 9] ^= 4;
    Files.write(file, bytes);
    String dir = log.toString();
    assertEquals(Main.EXIT_FAILED, run("log", "verify", dir), out::toString);
    assertTrue(out.toString().contains("DAMAGED at address"), out::toString);
    assertEquals(Main.EXIT_USAGE, run("log", "repair", dir), out::toString);
    assertEquals(Main.EXIT_OK, run("log", "repair", "--truncate-at-corruption", dir));
    assertTrue(out.toString().contains("what was cut is in cut-"), out::toString);
    assertEquals(Main.EXIT_OK, run("log", "verify", dir), out::toString);
    assertTrue(out.toString().contains("15 entries"), out::toString);
  }

  @Test
  void shouldMigrateWhenTheLogIsOfAnEarlierFormat() throws Exception {
    Path log = directory.resolve("old");
    Files.createDirectories(log);
    // The files of a log of format 1, kept for the engine's tests.
    Path golden = Path.of("..", "engine", "src", "test", "resources", "golden");
    try (ZipInputStream zip =
        new ZipInputStream(Files.newInputStream(golden.resolve("log-format-1.zip")))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Files.write(log.resolve(entry.getName()), zip.readAllBytes());
      }
    }
    String dir = log.toString();
    assertEquals(Main.EXIT_OK, run("log", "migrate", dir), out::toString);
    assertTrue(out.toString().contains("migrated from format 1 to 2: 49 entries"), out::toString);
    assertEquals(Main.EXIT_OK, run("log", "migrate", "--json", dir), out::toString);
    assertTrue(out.toString().contains("\"changed\" : false"), out::toString);
    assertEquals(Main.EXIT_OK, run("log", "verify", dir), out::toString);
    assertTrue(out.toString().contains("the log is good: 49 entries"), out::toString);
  }

  @Test
  void shouldCrashLogsWhenAskedTo() {
    String[] some = {"crash-sim", "--log", "--seeds", "20", "--first-seed", "5"};
    assertEquals(Main.EXIT_OK, run(some), out::toString);
    assertTrue(out.toString().contains("20 seeds run, 0 failed"), out::toString);
    assertEquals(Main.EXIT_OK, run("crash-sim", "--log", "--seeds", "60", "--sabotage", "ALL"));
    assertTrue(out.toString().contains("NO_DIRECTORY_SYNC"), out::toString);
    assertEquals(Main.EXIT_USAGE, run("crash-sim", "--log", "--sabotage", "no"), out::toString);
  }

  @Test
  void shouldCreateNothingWhenThereIsNoLog() {
    String absent = directory.resolve("absent").toString();
    for (String verb : new String[] {"info", "dump", "verify"}) {
      assertEquals(Main.EXIT_FAILED, run("log", verb, absent), out::toString);
    }
    assertEquals(Main.EXIT_FAILED, run("log", "repair", "--truncate-at-corruption", absent));
    assertEquals(Main.EXIT_FAILED, run("log", "migrate", absent));
    assertEquals(Main.EXIT_FAILED, run("log", "truncate", "--before", "64", absent));
    assertFalse(Files.exists(Path.of(absent)));
  }
}
