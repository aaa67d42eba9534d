package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.DeviceKind;
import dev.peregrine.internal.checkpoint.Manifest;
import dev.peregrine.internal.hlog.PageForger;
import dev.peregrine.memory.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of a store that is not open: what is good verifies, what is wrong is found. */
class StoreFilesTest {
  private static final int KEYS = 1200;
  private static final int PAGE_BYTES = 16 << 10;
  private static final int BLOCK_BYTES = 4096;
  private static final int FIRST_RECORD = 64;
  private static final int RECORD_BYTES = 24;
  private static final int KEY_OFFSET = 8;

  @TempDir private Path place;

  static Stream<Arguments> kinds() {
    return Stream.of(StoreKind.values())
        .flatMap(
            store ->
                Stream.of(CheckpointKind.values())
                    .filter(CheckpointKind::hasLog)
                    .map(checkpoint -> Arguments.of(store, checkpoint)));
  }

  private StoreConfig config(StoreKind kind, long indexBytes) {
    return TestStores.config(kind)
        .directory(place.resolve("store"))
        .device(DeviceKind.PREAD)
        .pageBytes(PAGE_BYTES)
        .segmentBytes(64 << 10)
        .indexBytes(indexBytes)
        .maxRecordBytes(1 << 10)
        .build();
  }

  private Path store() {
    return place.resolve("store");
  }

  private static void change(KindFace face, int from, int step, int generation) {
    byte[] value = new byte[face.isLong() ? Long.BYTES : 40 + generation];
    for (int key = from; key < KEYS; key += step) {
      Arrays.fill(value, (byte) (key + generation));
      face.upsert(key, value);
    }
    for (int key = from; key < KEYS; key += 11 * step) {
      face.delete(key);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldVerifyWhenNothingIsWrong(StoreKind kind, CheckpointKind checkpoint) {
    // The second index is far too small, so that chains are shared by wildcards.
    for (long indexBytes : List.of(32L << 10, 512L)) {
      Path directory = store();
      int tokens = 0;
      try (Store store = Store.open(config(kind, indexBytes));
          Session session = store.newSession()) {
        KindFace face = new KindFace(kind, session);
        for (int round = 0; round < 4; round++) {
          change(face, round % 3, 1 + round, round);
          session.completeAll();
          store.checkpoint(checkpoint).await();
          if (round == 1) {
            store.checkpoint(CheckpointKind.INDEX).await();
          }
        }
      }
      long records = 0;
      for (CheckpointInfo info : StoreFiles.list(directory)) {
        assertNull(info.problem());
        if (info.kind().hasLog()) {
          long[] last = new long[2];
          VerifyReport report =
              StoreFiles.verify(
                  directory,
                  info.token(),
                  (read, total) -> {
                    last[0] = read;
                    last[1] = total;
                  });
          assertEquals(info.token(), report.token());
          assertEquals(last[0], report.bytesRead());
          assertTrue(last[1] >= last[0]);
          assertTrue(report.records() >= records, "records " + report.records());
          records = report.records();
          tokens++;
        } else {
          assertThrows(
              IllegalArgumentException.class,
              () -> StoreFiles.verify(directory, info.token(), RecoveryProgress.NONE));
        }
      }
      assertEquals(5, tokens);
      assertTrue(records >= KEYS * 0.9, "records " + records);
      TestStores.clear(directory);
    }
  }

  /** One with a checkpoint of longs, whose first page has all records at known places. */
  private CheckpointToken longs(CheckpointKind checkpoint) {
    try (Store store = Store.open(config(StoreKind.LONG_TO_LONG, 32 << 10));
        Session session = store.newSession()) {
      for (long key = 0; key < KEYS; key++) {
        session.upsert(key, key);
      }
      return store.checkpoint(checkpoint).await();
    }
  }

  private String problem() {
    return assertThrows(
            CorruptionException.class,
            () -> StoreFiles.verify(store(), null, RecoveryProgress.NONE))
        .getMessage();
  }

  private void forgeFirstPage(String file, CheckpointToken snapshot, LongConsumer change) {
    Path path = store().resolve(file);
    byte[] bytes = DamageBed.read(path);
    byte[] page = Arrays.copyOf(bytes, PAGE_BYTES);
    int sum = PageForger.change(page, change);
    System.arraycopy(page, 0, bytes, 0, page.length);
    DamageBed.write(path, bytes);
    if (snapshot != null) {
      ManifestForger.change(
          store(),
          snapshot,
          manifest -> {
            int[] sums = manifest.snapshot().checksums().clone();
            sums[0] = sum;
            return ManifestForger.with(
                manifest, new Manifest.SnapshotPart(null, manifest.snapshot().pages(), sums));
          });
    }
  }

  private static long record(long page, int number) {
    return page + FIRST_RECORD + (long) number * RECORD_BYTES;
  }

  private static final long PREVIOUS_MASK = (1L << 48) - 1;
  private static final long VERSION_BITS = 0xFL << 56;
  private static final long SIZE_BITS = 0x3FF_FFFFL;

  /** Changes of a record that its checksum does not tell. */
  enum Forgery {
    LINK_TO_ANOTHER_CHAIN {
      @Override
      void on(long page) {
        long header = Memory.getLong(record(page, 10));
        Memory.putLong(record(page, 10), header & ~PREVIOUS_MASK | FIRST_RECORD);
      }
    },
    LINK_INTO_A_RECORD {
      @Override
      void on(long page) {
        long header = Memory.getLong(record(page, 10));
        Memory.putLong(record(page, 10), header & ~PREVIOUS_MASK | FIRST_RECORD + 8);
      }
    },
    LINK_FORWARD {
      @Override
      void on(long page) {
        long header = Memory.getLong(record(page, 10));
        Memory.putLong(record(page, 10), header & ~PREVIOUS_MASK | 2000);
      }
    },
    ANOTHER_KEY {
      @Override
      void on(long page) {
        Memory.putLong(record(page, 10) + KEY_OFFSET, 0x1234_5678_9ABCL);
      }
    },
    LATER_VERSION {
      @Override
      void on(long page) {
        Memory.putLong(record(page, 10), Memory.getLong(record(page, 10)) | VERSION_BITS);
      }
    },
    NOT_VALID {
      @Override
      void on(long page) {
        Memory.putLong(record(page, 10), 1L << 63);
      }
    },
    NOT_PRESENT {
      @Override
      void on(long page) {
        Memory.putLong(record(page, 10), Memory.getLong(record(page, 10)) & Long.MAX_VALUE);
      }
    };

    abstract void on(long page);
  }

  @ParameterizedTest
  @EnumSource
  void shouldFindAForgedRecordInTheLog(Forgery forgery) {
    longs(CheckpointKind.FOLD_OVER);
    forgeFirstPage("log.000000000", null, forgery::on);
    problem();
  }

  @ParameterizedTest
  @EnumSource
  void shouldFindAForgedRecordInASnapshot(Forgery forgery) {
    CheckpointToken token = longs(CheckpointKind.SNAPSHOT);
    forgeFirstPage("checkpoints/" + token + "/pages.000000000", token, forgery::on);
    problem();
  }

  @Test
  void shouldVerifyWhenAPageIsForgedAsItWas() {
    CheckpointToken token = longs(CheckpointKind.SNAPSHOT);
    forgeFirstPage("checkpoints/" + token + "/pages.000000000", token, page -> {});
    StoreFiles.verify(store(), null, RecoveryProgress.NONE);
  }

  @Test
  void shouldFindARecordOfBytesWhoseSizeIsForged() {
    try (Store store = Store.open(config(StoreKind.LONG_TO_BYTES, 32 << 10));
        Session session = store.newSession()) {
      change(new KindFace(StoreKind.LONG_TO_BYTES, session), 0, 1, 0);
      store.checkpoint(CheckpointKind.FOLD_OVER).await();
    }
    forgeFirstPage(
        "log.000000000",
        null,
        page -> {
          long layout = page + FIRST_RECORD + KEY_OFFSET;
          Memory.putLong(layout, Memory.getLong(layout) & ~SIZE_BITS | 1 << 20);
        });
    assertTrue(problem().contains("address 64"));
  }

  /** Changes of an entry of the index that its checksum does not tell. */
  enum EntryForgery {
    TO_ANOTHER_RECORD(entry -> entry == 0 ? 0 : entry & ~PREVIOUS_MASK | FIRST_RECORD),
    INTO_A_RECORD(entry -> entry == 0 ? 0 : entry + 8),
    LOST(entry -> 0),
    ADDED(entry -> entry == 0 ? 5L << 48 | FIRST_RECORD + 8 : entry),
    ANOTHER_TAG(entry -> entry == 0 ? 0 : entry ^ 1L << 50);

    private final LongUnaryOperator change;

    EntryForgery(LongUnaryOperator change) {
      this.change = change;
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldFindAForgedEntryOfTheIndex(EntryForgery forgery) {
    CheckpointToken token = longs(CheckpointKind.FOLD_OVER);
    Path path = store().resolve("checkpoints/" + token + "/index.000000000");
    ByteBuffer image = ByteBuffer.wrap(DamageBed.read(path)).order(ByteOrder.LITTLE_ENDIAN);
    boolean forged = false;
    for (int at = 0; at < 32 << 10 && !forged; at += Long.BYTES) {
      long entry = image.getLong(at);
      long changed = forgery.change.applyAsLong(entry);
      boolean isOverflow = at % 64 == 56;
      if (!isOverflow && changed != entry) {
        image.putLong(at, changed);
        forged = true;
      }
    }
    assertTrue(forged);
    DamageBed.write(path, image.array());
    ManifestForger.change(
        store(),
        token,
        manifest -> {
          Manifest.IndexPart index = manifest.index();
          int[] sums = new int[index.checksums().length];
          for (int i = 0; i < sums.length; i++) {
            CRC32C sum = new CRC32C();
            sum.update(image.array(), i * BLOCK_BYTES, BLOCK_BYTES);
            sums[i] = (int) sum.getValue();
          }
          return ManifestForger.with(
              manifest,
              new Manifest.IndexPart(
                  index.version(),
                  index.notedTail(),
                  index.endTail(),
                  index.bytes(),
                  index.overflowUsed(),
                  sums));
        });
    problem();
  }

  @Test
  void shouldRefuseWhileAStoreHasTheDirectoryOpen() {
    try (Store store = Store.open(config(StoreKind.LONG_TO_LONG, 32 << 10))) {
      assertEquals(1, store.checkpoints().size());
      assertThrows(StoreIoException.class, () -> StoreFiles.list(store()));
      assertThrows(StoreIoException.class, () -> StoreFiles.prune(store(), 1));
      assertThrows(
          StoreIoException.class, () -> StoreFiles.verify(store(), null, RecoveryProgress.NONE));
    }
    assertEquals(1, StoreFiles.list(store()).size());
  }

  @Test
  void shouldMakeNothingWhenThereIsNoStore() {
    assertThrows(IllegalArgumentException.class, () -> StoreFiles.list(store()));
    assertFalse(Files.exists(store()));
    assertThrows(IllegalArgumentException.class, () -> StoreFiles.prune(place, 1));
    assertFalse(Files.exists(place.resolve("lock")));
  }

  @Test
  void shouldChangeNothingWhenListedAndVerifiedAndDeleteWhenPruned() {
    DamageBed bed =
        new DamageBed(
            store(),
            9,
            CheckpointKind.SNAPSHOT,
            CheckpointKind.INCREMENTAL,
            CheckpointKind.INCREMENTAL);
    List<String> before = DamageBed.files(store());
    assertEquals(bed.tokens, StoreFiles.list(store()).stream().map(CheckpointInfo::token).toList());
    StoreFiles.verify(store(), null, RecoveryProgress.NONE);
    assertEquals(before, DamageBed.files(store()));
    // The increments need the snapshot that they continue.
    assertEquals(bed.tokens.subList(0, 1), StoreFiles.prune(store(), 1));
    assertEquals(3, StoreFiles.list(store()).size());
    assertEquals(DamageBed.Verdict.HARMLESS, bed.open(store(), "pruned"));
  }

  @Test
  void shouldTellTheProblemWhenAManifestIsDamaged() throws Exception {
    CheckpointToken token = longs(CheckpointKind.FOLD_OVER);
    Files.write(store().resolve("checkpoints/" + token + "/manifest"), new byte[50]);
    CheckpointInfo info = StoreFiles.list(store()).getLast();
    assertEquals(token, info.token());
    assertTrue(info.problem().contains("manifest"), info.problem());
    assertEquals(List.of(), StoreFiles.prune(store(), 1));
  }
}
