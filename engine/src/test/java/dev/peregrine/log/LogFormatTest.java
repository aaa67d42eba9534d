package dev.peregrine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.UnsupportedFormatException;
import dev.peregrine.internal.log.LogFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs of every version that was ever written can be read, and nobody changes what they are. */
class LogFormatTest {
  /**
   * Of {@code log-format-N.zip} and {@code .txt}: if one changes, it is no golden file any more.
   */
  private static final List<String> SUMS =
      List.of(
          "acd8cab175e58b7de15122fd64ac96b673fb9f12babccb37b1fcc4e2221b8e58",
          "7391923ab300d66277e51713bc6818e83fe855662be8b4daada2adb41dcf0367",
          "0963a7eb243952a966efa873ed4f050088a4cfd1d3c995affdd5855bfefece1d",
          "7391923ab300d66277e51713bc6818e83fe855662be8b4daada2adb41dcf0367");

  private static final int VERSION_OFFSET = 8;

  @TempDir Path directory;

  private Path golden(int version) throws IOException {
    Path log = directory.resolve("log-" + version);
    GoldenLog.unpack(version, log);
    return log;
  }

  private static byte[] bytes(int version, String kind) throws IOException {
    try (InputStream in = GoldenLog.resource(version, kind)) {
      return in.readAllBytes();
    }
  }

  private static String content(int version) throws IOException {
    return new String(bytes(version, "txt"), StandardCharsets.UTF_8);
  }

  private static String describe(Path log) {
    try (LogInspector inspector = LogInspector.open(log)) {
      return GoldenLog.describe(inspector);
    }
  }

  private static int version(Path log) {
    try (LogInspector inspector = LogInspector.open(log)) {
      return inspector.info().formatVersion();
    }
  }

  @Test
  void shouldBeAsItWasWhenItIsGolden() throws Exception {
    for (int version = LogFormat.OLDEST; version <= LogFormat.LATEST; version++) {
      for (int i = 0; i < 2; i++) {
        byte[] file = bytes(version, i == 0 ? "zip" : "txt");
        String sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
        assertEquals(SUMS.get(2 * (version - 1) + i), sum);
      }
    }
    assertEquals(2 * LogFormat.LATEST, SUMS.size(), "each version has its golden files");
  }

  @Test
  void shouldShowWhatIsKnownToBeInItWhenAGoldenLogIsInspected() throws Exception {
    for (int version = LogFormat.OLDEST; version <= LogFormat.LATEST; version++) {
      Path log = golden(version);
      assertEquals(version, version(log));
      assertEquals(content(version), describe(log));
      try (LogInspector inspector = LogInspector.open(log)) {
        LogInspector.Verification found = inspector.verify(address -> {});
        assertEquals(-1, found.damagedAt(), found.reason());
        assertEquals(GoldenLog.count(), found.entries());
      }
    }
  }

  @Test
  void shouldGoOnInItsVersionWhenAGoldenLogIsOpened() throws Exception {
    for (int version = LogFormat.OLDEST; version <= LogFormat.LATEST; version++) {
      Path log = golden(version);
      for (int run = 0; run < 2; run++) {
        try (DurableLog open = DurableLog.open(GoldenLog.config(log));
            LogConsumer consumer = open.openConsumer("reader", true)) {
          open.append(GoldenLog.entry(run));
          open.commitAndWait();
          int left = 0;
          while (consumer.next()) {
            left++;
          }
          assertEquals(GoldenLog.count() - GoldenLog.consumed() + 1 + run, left);
        }
      }
      assertEquals(version, version(log));
      assertEquals(version > 1, Files.exists(log.resolve("mark.000000000")));
      try (LogInspector inspector = LogInspector.open(log)) {
        assertEquals(GoldenLog.count() + 2, inspector.verify(address -> {}).entries());
      }
    }
  }

  @Test
  void shouldHoldTheSameWhenMigrated() throws Exception {
    Path log = golden(1);
    LogInspector.Migration done = LogInspector.migrate(log, address -> {});
    assertEquals(new LogInspector.Migration(1, 2, true, GoldenLog.count()), done);
    assertEquals(2, version(log));
    assertEquals(content(1), describe(log));
    assertFalse(LogInspector.migrate(log, address -> {}).changed());
    try (DurableLog open = DurableLog.open(GoldenLog.config(log))) {
      open.append(GoldenLog.entry(3));
    }
    assertEquals(2, version(log));
    try (LogInspector inspector = LogInspector.open(log)) {
      assertEquals(GoldenLog.count() + 1, inspector.verify(address -> {}).entries());
      assertTrue(inspector.info().problems().isEmpty());
    }
  }

  @Test
  void shouldRefuseWithFileAndVersionsWhenTheVersionIsNotKnown() throws Exception {
    for (String copy : new String[] {"anchor.a", "anchor.b"}) {
      Path log = directory.resolve(copy);
      GoldenLog.unpack(2, log);
      byte[] anchor = Files.readAllBytes(log.resolve(copy));
      ByteBuffer fields = ByteBuffer.wrap(anchor).order(ByteOrder.LITTLE_ENDIAN);
      fields.putLong(VERSION_OFFSET, LogFormat.LATEST + 1);
      // A version that is whole: with its checksum.
      CRC32C crc = new CRC32C();
      crc.update(anchor, 0, anchor.length - Integer.BYTES);
      fields.putInt(anchor.length - Integer.BYTES, (int) crc.getValue());
      Files.write(log.resolve(copy), anchor);
      for (int i = 0; i < 3; i++) {
        int how = i;
        UnsupportedFormatException refused =
            assertThrows(UnsupportedFormatException.class, () -> use(how, log));
        String expected = copy + " is of format version 3; this release knows versions 1 to 2";
        assertEquals(expected, refused.getMessage());
      }
    }
  }

  private static void use(int how, Path log) {
    switch (how) {
      case 0 -> DurableLog.open(GoldenLog.config(log)).close();
      case 1 -> LogInspector.open(log).close();
      default -> LogInspector.migrate(log, address -> {});
    }
  }

  @Test
  void shouldGoOnWithTheOtherCopyWhenAVersionIsDamaged() throws Exception {
    Path log = golden(2);
    byte[] anchor = Files.readAllBytes(log.resolve("anchor.a"));
    anchor[VERSION_OFFSET] ^= 1;
    Files.write(log.resolve("anchor.a"), anchor);
    assertEquals(content(2), describe(log));
  }
}
