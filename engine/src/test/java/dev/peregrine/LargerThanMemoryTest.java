package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.peregrine.device.Device;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs many times as long as their memory, read back whole. */
class LargerThanMemoryTest {
  private static final int RECORDS = 70_000;
  private static final int VALUE_BYTES = 100;
  private static final int DEPTH = 64;

  @TempDir Path directory;

  private static byte[] value(long key, int bytes) {
    byte[] value = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      value[i] = (byte) (key * 131 + i * 7 + (key >>> 8));
    }
    byte[] stamp = KindFace.ofLong(key);
    System.arraycopy(stamp, 0, value, 0, Math.min(bytes, stamp.length));
    return value;
  }

  /** Checks each value by the key that it says it has. */
  private static final class Reader implements CompletionHandler {
    private final BitSet seen = new BitSet();
    private long completions;

    void check(byte[] value, int bytes) {
      long key = KindFace.toLong(value);
      assertArrayEquals(value(key, bytes), value);
      assertTrue(!seen.get((int) key), "read twice");
      seen.set((int) key);
    }

    @Override
    public void onCompletion(long serial, Status status, ValueView value) {
      assertEquals(Status.FOUND, status);
      check(value.toByteArray(), value.length());
      completions++;
    }
  }

  private static void readAll(Store store, int records, int bytes) {
    Reader reader = new Reader();
    try (Session session = store.newSession(reader)) {
      for (long key = 0; key < records; key++) {
        long scattered = key * 7919 % records;
        byte[][] read = new byte[1][];
        Status status = Status.BUSY;
        while (status == Status.BUSY) {
          status = session.read(scattered, (view, argument) -> read[0] = view.toByteArray(), 0);
          if (status == Status.BUSY) {
            session.completeAll();
          }
        }
        if (status == Status.FOUND) {
          reader.check(read[0], bytes);
        } else {
          assertEquals(Status.PENDING, status);
        }
      }
      session.completeAll();
      assertEquals(records, reader.seen.cardinality());
      assertTrue(reader.completions > records / 2);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"URING", "PREAD", "MEMORY"})
  void shouldReadEverythingBackWhenTheLogIsEightTimesItsMemory(TestDevice kind) {
    assumeTrue(kind.isAvailable());
    Device device = kind.open(directory, 0);
    StoreConfig config =
        TestStores.config(StoreKind.LONG_TO_BYTES)
            .memoryBytes(1 << 20)
            .indexBytes(128 << 10)
            .pageBytes(16 << 10)
            .maxSessions(1)
            .pendingDepth(DEPTH)
            .maxRecordBytes(256)
            .build();
    try (Store store = TestStores.open(config, device)) {
      try (Session session = store.newSession()) {
        for (long key = 0; key < RECORDS; key++) {
          session.upsert(key, MemorySegment.ofArray(value(key, VALUE_BYTES)));
        }
      }
      StoreStats stats = store.stats();
      assertTrue(stats.tailAddress() >= 8 * stats.memoryBudgetBytes(), stats::toString);
      assertTrue(stats.memoryBytes() <= stats.memoryBudgetBytes());
      readAll(store, RECORDS, VALUE_BYTES);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {65_432, 40_000, 5_000, 4_096})
  void shouldReadEverythingBackWhenRecordsAreLargerThanTheBuffers(int recordBytes) {
    for (TestDevice kind : new TestDevice[] {TestDevice.REORDERING, TestDevice.URING}) {
      if (!kind.isAvailable()) {
        continue;
      }
      TestStores.clear(directory);
      Device device = kind.open(directory, recordBytes);
      StoreConfig config =
          TestStores.config(StoreKind.LONG_TO_BYTES)
              .memoryBytes(1 << 20)
              .pageBytes(64 << 10)
              .maxSessions(1)
              .pendingDepth(16)
              .maxRecordBytes(65_432)
              .build();
      int valueBytes = recordBytes - 24;
      int records = 200;
      try (Store store = TestStores.open(config, device)) {
        try (Session session = store.newSession()) {
          for (long key = 0; key < records; key++) {
            session.upsert(key, MemorySegment.ofArray(value(key, valueBytes)));
          }
          for (long key = records; store.stats().headAddress() < 1 << 20; key++) {
            session.upsert(key, MemorySegment.ofArray(value(key, valueBytes)));
          }
        }
        readAll(store, records, valueBytes);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LONG_TO_BYTES", "BYTES_TO_BYTES"})
  void shouldKeepRecordsOfEveryEdgeSizeWhenEvicted(StoreKind kind) {
    Device device = TestDevice.MEMORY.open(null, 0);
    try (Store store = TestStores.tinyOn(device, kind, 1, 8, 6);
        Session session = store.newSession()) {
      KindFace face = new KindFace(kind, session);
      // Key 0 of a store of bytes has no bytes; the greatest record fills a page to its footer.
      int keyBytes = kind == StoreKind.LONG_TO_BYTES ? Long.BYTES : 0;
      int most = store.config().maxRecordBytes() - 16 - keyBytes;
      int[] sizes = {0, 1, 7, 8, 9, most - 1, most};
      for (int size : sizes) {
        face.upsert(0, value(1, size));
        assertArrayEquals(value(1, size), face.get(0));
        for (int other = 1; other < 60; other++) {
          face.upsert(other, value(other, 1000));
        }
        assertArrayEquals(value(1, size), face.get(0), "size " + size);
      }
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> face.upsert(0, value(1, most + 1)));
      assertTrue(e.getMessage().contains("maxRecordBytes"), e.getMessage());
      assertThrows(
          IllegalArgumentException.class, () -> face.insertIfAbsent(99, new byte[most + 1]));
      assertArrayEquals(value(1, most), face.get(0));
    }
  }
}
