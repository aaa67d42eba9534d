package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.DeviceKind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Recovery into less or more memory than before, of logs many times as long as it. */
class RecoveryBudgetTest {
  private static final int LONG_KEYS = 8000;
  private static final int BYTES_KEYS = 3000;
  private static final long SMALL = 320 << 10;
  private static final long MIDDLE = 512 << 10;
  private static final long LARGE = 16 << 20;

  @TempDir private Path directory;

  private StoreConfig config(StoreKind kind, long memoryBytes, long indexBytes) {
    return TestStores.config(kind)
        .directory(directory)
        .device(DeviceKind.AUTO)
        .segmentBytes(64 << 10)
        .indexBytes(indexBytes)
        .maxSessions(2)
        .memoryBytes(memoryBytes)
        .maxRecordBytes(256)
        .build();
  }

  private static int keysOf(StoreKind kind) {
    return kind == StoreKind.LONG_TO_LONG ? LONG_KEYS : BYTES_KEYS;
  }

  private static byte[] value(StoreKind kind, long key, int generation) {
    byte[] value = new byte[kind == StoreKind.LONG_TO_LONG ? Long.BYTES : 30 + (int) (key % 90)];
    Arrays.fill(value, (byte) (key * 37 + generation));
    System.arraycopy(KindFace.ofLong(key << 8 | generation), 0, value, 0, Long.BYTES);
    return value;
  }

  static Stream<Arguments> kinds() {
    return Stream.of(StoreKind.values())
        .flatMap(
            store ->
                Stream.of(CheckpointKind.FOLD_OVER, CheckpointKind.SNAPSHOT, CheckpointKind.LOG)
                    .map(checkpoint -> Arguments.of(store, checkpoint)));
  }

  private static void requireAll(Store store, StoreKind kind, int[] generations, String where) {
    try (Session session = store.newSession()) {
      KindFace face = new KindFace(kind, session);
      for (int key = 0; key < generations.length; key++) {
        byte[] expected = generations[key] == 0 ? null : value(kind, key, generations[key]);
        assertTrue(Arrays.equals(expected, face.get(key)), where + ", key " + key);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldBeExactWhenTheBudgetChanges(StoreKind kind, CheckpointKind checkpoint) {
    int[] generations = new int[keysOf(kind)];
    int generation = 0;
    for (long memory : List.of(MIDDLE, SMALL, LARGE, SMALL, MIDDLE)) {
      generation++;
      try (Store store = Store.open(config(kind, memory, 16 << 10));
          Session session = store.newSession()) {
        requireAll(store, kind, generations, "memory " + memory);
        assertTrue(store.stats().memoryBytes() <= memory);
        KindFace face = new KindFace(kind, session);
        for (int key = generation % 3; key < generations.length; key += generation) {
          if (key % 13 == generation) {
            session.await(face.delete(key));
            generations[key] = 0;
          } else {
            session.await(face.upsert(key, value(kind, key, generation)));
            generations[key] = generation;
          }
        }
        CheckpointToken token = store.checkpoint(checkpoint).await();
        assertEquals(token, store.checkpoints().getLast().token());
        if (memory == SMALL && generation > 3) {
          StoreStats stats = store.stats();
          assertTrue(stats.tailAddress() > 3 * stats.logMemoryBytes() / 2, stats::toString);
        }
      }
    }
    StoreFiles.verify(directory, null, RecoveryProgress.NONE);
  }

  @ParameterizedTest
  @EnumSource
  void shouldRebuildTheIndexFromTheLogWhenThereIsNoImageOfIt(StoreKind kind) {
    // 512 bytes: 8 buckets for 500 keys, so that most share wildcards.
    for (long indexBytes : List.of(64L << 10, 512L)) {
      TestStores.clear(directory);
      int[] generations = new int[keysOf(kind)];
      int keys = indexBytes < 1024 ? 500 : generations.length;
      for (int run = 1; run <= 3; run++) {
        try (Store store = Store.open(config(kind, LARGE, indexBytes));
            Session session = store.newSession()) {
          if (run > 1) {
            assertTrue(store.recovery().recordsReplayed() >= keys, store.recovery()::toString);
          }
          requireAll(store, kind, generations, "index " + indexBytes + ", run " + run);
          KindFace face = new KindFace(kind, session);
          for (int key = 0; key < keys; key += run) {
            session.await(face.upsert(key, value(kind, key, run)));
            generations[key] = run;
          }
          store.checkpoint(CheckpointKind.LOG).await();
        }
      }
      StoreFiles.verify(directory, null, RecoveryProgress.NONE);
      // An image from here on, into whose chains the log is replayed.
      try (Store store = Store.open(config(kind, LARGE, indexBytes));
          Session session = store.newSession()) {
        requireAll(store, kind, generations, "index " + indexBytes);
        store.checkpoint(CheckpointKind.INDEX).await();
        KindFace face = new KindFace(kind, session);
        for (int key = 0; key < generations.length; key += generations.length / keys * 3) {
          session.await(face.upsert(key, value(kind, key, 9)));
          generations[key] = 9;
        }
        store.checkpoint(CheckpointKind.LOG).await();
      }
      StoreFiles.verify(directory, null, RecoveryProgress.NONE);
      try (Store store = Store.open(config(kind, LARGE, indexBytes))) {
        requireAll(store, kind, generations, "index " + indexBytes + " with an image");
      }
    }
  }
}
