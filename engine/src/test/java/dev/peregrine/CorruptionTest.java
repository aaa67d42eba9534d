package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.DeviceOptions;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.Devices;
import dev.peregrine.device.QueueMode;
import dev.peregrine.internal.hlog.PageDamage;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.internal.hlog.ThreadDriver;
import dev.peregrine.internal.ops.BytesOperations;
import dev.peregrine.internal.ops.SessionContext;
import dev.peregrine.internal.ops.StoreCore;
import dev.peregrine.internal.record.KeyHash;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Damage on the device below a store: an error that says where, or the right value, nothing else.
 */
class CorruptionTest {
  private static final int FRAMES = 8;
  private static final int KEYS = 9_000;
  private static final long INDEX_BYTES = 512 << 10;
  private static final int VALUE_BYTES = 150;
  private static final int LARGE_VALUE_BYTES = 6_000;
  private static final int SECTOR = 512;
  private static final int ROUNDS = 4;
  private static final int BLOCK = PageImage.BLOCK_BYTES;

  /** What happens to a page, or to two. */
  private enum Damage {
    TURNED_BIT {
      @Override
      void inflict(long page, long other, int pageBytes, SplittableRandom random) {
        long at = page + random.nextInt(pageBytes);
        Memory.putByte(at, (byte) (Memory.getByte(at) ^ 1 << random.nextInt(8)));
      }
    },
    ZEROED_SECTOR {
      @Override
      void inflict(long page, long other, int pageBytes, SplittableRandom random) {
        Memory.zero(page + (long) random.nextInt(pageBytes / SECTOR) * SECTOR, SECTOR);
      }
    },
    GARBAGE {
      @Override
      void inflict(long page, long other, int pageBytes, SplittableRandom random) {
        long sector = page + (long) random.nextInt(pageBytes / SECTOR) * SECTOR;
        for (int at = 0; at < SECTOR; at += Long.BYTES) {
          Memory.putLong(sector + at, random.nextLong());
        }
      }
    },
    ZEROED_PAGE {
      @Override
      void inflict(long page, long other, int pageBytes, SplittableRandom random) {
        Memory.zero(page, pageBytes);
      }
    },
    SWAPPED_BLOCKS {
      @Override
      void inflict(long page, long other, int pageBytes, SplittableRandom random) {
        int blocks = pageBytes / BLOCK;
        int block = random.nextInt(blocks);
        // With that of another page, if a page has only one.
        long partner = blocks == 1 ? other : page + (long) ((block + 1) % blocks) * BLOCK;
        swap(page + (long) block * BLOCK, partner, BLOCK);
      }
    },
    SWAPPED_PAGES {
      @Override
      void inflict(long page, long other, int pageBytes, SplittableRandom random) {
        swap(page, other, pageBytes);
      }
    },
    OF_AN_EARLIER_RUN {
      @Override
      void inflict(long page, long other, int pageBytes, SplittableRandom random) {
        Memory.copy(other, page, pageBytes);
        PageDamage.changeGeneration(page, pageBytes);
      }
    },
    OF_ANOTHER_STORE {
      @Override
      void inflict(long page, long other, int pageBytes, SplittableRandom random) {
        Memory.copy(other, page, pageBytes);
        PageDamage.changeStore(page, pageBytes);
      }
    };

    /** Damages {@code page}, in a buffer, and perhaps {@code other}. */
    abstract void inflict(long page, long other, int pageBytes, SplittableRandom random);

    private static void swap(long left, long right, int bytes) {
      for (int at = 0; at < bytes; at += Long.BYTES) {
        long word = Memory.getLong(left + at);
        Memory.putLong(left + at, Memory.getLong(right + at));
        Memory.putLong(right + at, word);
      }
    }
  }

  /** The device's bytes, behind the store's back. */
  private static final class Raw implements CompletionSink {
    private static final long WAIT_NANOS = 1_000_000_000L;

    private final Device device;
    private int bytes;

    Raw(Device device) {
      this.device = device;
    }

    void transfer(boolean write, long offset, long address, int length) {
      try (DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        boolean taken =
            write
                ? queue.write(offset, address, length, 0)
                : queue.read(offset, address, length, 0);
        assertTrue(taken);
        while (queue.inFlight() > 0) {
          queue.await(this, 1, WAIT_NANOS);
        }
      }
      assertEquals(length, bytes);
    }

    @Override
    public void onCompletion(long token, int transferred) {
      bytes = transferred;
    }

    @Override
    public void onFailure(long token, DeviceException cause) {
      throw cause;
    }
  }

  private static byte[] value(KindFace face, int key) {
    int bytes = key % 50 == 7 ? LARGE_VALUE_BYTES : VALUE_BYTES;
    byte[] value = new byte[face.isLong() ? Long.BYTES : bytes];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) (key * 31 + (key >>> 8) * 7 + i);
    }
    return value;
  }

  private static StoreConfig config(StoreKind kind, int pageBytes) {
    return TestStores.config(kind)
        .pageBytes(pageBytes)
        .maxSessions(1)
        .indexBytes(INDEX_BYTES)
        .memoryBytes(2 * INDEX_BYTES + (long) FRAMES * pageBytes)
        .build();
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldGiveAnErrorOrTheRightValueWhateverIsDamaged(StoreKind kind) {
    Seeds.run(
        1,
        seed -> {
          for (int pageBytes : new int[] {8192, 65536}) {
            run(kind, pageBytes, new SplittableRandom(seed));
          }
        });
  }

  private static void run(StoreKind kind, int pageBytes, SplittableRandom random) {
    Device device = TestDevice.MEMORY.open(null, 0);
    int keys = kind == StoreKind.LONG_TO_LONG ? 8 * KEYS : KEYS;
    try (Store store = TestStores.open(config(kind, pageBytes), device);
        Session session = store.newSession();
        NativeRegion buffer = NativeRegion.reserve(2L * pageBytes);
        NativeRegion saved = NativeRegion.reserve(2L * pageBytes)) {
      KindFace face = new KindFace(kind, session);
      for (int key = 0; key < keys; key++) {
        face.upsert(key, value(face, key));
      }
      Raw raw = new Raw(device);
      int pages = (int) (store.stats().headAddress() / pageBytes);
      assertTrue(pages > 12, pages + " pages on the device");
      assertEquals(0, readAll(face, keys));
      for (Damage damage : Damage.values()) {
        int failed = 0;
        for (int round = 0; round < ROUNDS; round++) {
          long page = (long) random.nextInt(pages / 2) * pageBytes;
          long other = (long) (pages / 2 + random.nextInt(pages / 2)) * pageBytes;
          raw.transfer(false, page, saved.address(), pageBytes);
          raw.transfer(false, other, saved.address() + pageBytes, pageBytes);
          Memory.copy(saved.address(), buffer.address(), 2L * pageBytes);
          damage.inflict(buffer.address(), buffer.address() + pageBytes, pageBytes, random);
          raw.transfer(true, page, buffer.address(), pageBytes);
          raw.transfer(true, other, buffer.address() + pageBytes, pageBytes);
          failed += readAll(face, keys);
          raw.transfer(true, page, saved.address(), pageBytes);
          raw.transfer(true, other, saved.address() + pageBytes, pageBytes);
        }
        assertTrue(failed > 0, damage + " was not noticed");
      }
      assertEquals(0, readAll(face, keys), "still refused after it was mended");
    }
  }

  /** Reads every key, and says how many could not be read. */
  private static int readAll(KindFace face, int keys) {
    int failed = 0;
    for (int key = 0; key < keys; key++) {
      try {
        assertArrayEquals(value(face, key), face.get(key), "key " + key);
      } catch (CorruptionException e) {
        failed++;
        assertTrue(e.getMessage().matches(".*address \\d+.*memory:.*"), e.getMessage());
        assertEquals(Severity.STORE, e.severity());
      }
    }
    return failed;
  }

  /** The checksums of so many pages are not kept: most reads come with the footer first. */
  @Test
  void shouldReadEverythingBackWhenFewChecksumsAreKept() {
    Device device = TestDevice.REORDERING.open(null, 3);
    StoreConfig config =
        TestStores.config(StoreKind.LONG_TO_BYTES)
            .pageBytes(8192)
            .maxSessions(1)
            .pendingDepth(8)
            .memoryBytes(256 << 10)
            .build();
    try (Store store = TestStores.open(config, device);
        Session session = store.newSession()) {
      KindFace face = new KindFace(StoreKind.LONG_TO_BYTES, session);
      int keys = 30_000;
      for (int key = 0; key < keys; key++) {
        face.upsert(key, value(face, key));
      }
      long reads = store.stats().device().reads();
      for (int i = 0; i < keys; i++) {
        int key = (int) (i * 7919L % keys);
        assertArrayEquals(value(face, key), face.get(key));
      }
      assertTrue(
          store.stats().device().reads() - reads > keys + keys / 2, "the checksums were all kept");
    }
  }

  /**
   * A zone of three blocks does not fit the small buffers: short records whose checksums are not
   * known wait for the large one, as long records do.
   */
  @Test
  void shouldReadEverythingBackWhenTheZoneIsLargerThanTheSmallBuffers() {
    int pageBytes = 8 << 20;
    Device device =
        Devices.open(
            DeviceOptions.builder().kind(DeviceKind.MEMORY).segmentBytes(pageBytes).build());
    StoreConfig config =
        StoreConfig.builder(StoreKind.LONG_TO_BYTES)
            .device(DeviceKind.MEMORY)
            .pageBytes(pageBytes)
            .segmentBytes(pageBytes)
            .memoryBytes(80L << 20)
            .indexBytes(1 << 20)
            .maxSessions(1)
            .pendingDepth(16)
            .build();
    StoreCore core =
        new StoreCore(
            MemoryPlan.of(config, device.sectorBytes()),
            device,
            new ThreadDriver("test-log"),
            SystemNanoClock.INSTANCE,
            StoreCore.Start.empty(1, () -> 1));
    core.start();
    Map<Long, Integer> lengths = new HashMap<>();
    SessionContext session =
        new SessionContext(
            core,
            (serial, status, view) -> {
              assertEquals(Status.FOUND, status);
              assertEquals(lengths.remove(serial), view.length());
            },
            core.newSession());
    BytesOperations operations = new BytesOperations(session);
    int keys = 0;
    while (core.log().headAcquire() < 3L * pageBytes) {
      MemorySegment value = MemorySegment.ofArray(new byte[lengthOf(keys)]);
      operations.upsert(KeyHash.ofLong(keys), keys++, null, value);
    }
    MemorySegment destination = MemorySegment.ofArray(new byte[8]);
    int pending = 0;
    for (int i = 0; i < keys / 2; i++) {
      if (i % 16 == 0) {
        PageDamage.forgetChecksums(core.log(), pageBytes);
      }
      long key = i * 7919L % (keys / 4);
      Status status = operations.read(KeyHash.ofLong(key), key, null, destination, null, 0);
      while (status == Status.BUSY) {
        session.pending().poll(1_000_000);
        status = operations.read(KeyHash.ofLong(key), key, null, destination, null, 0);
      }
      assertEquals(Status.PENDING, status);
      lengths.put(session.serial(), lengthOf((int) key));
      pending++;
    }
    session.pending().completeAll();
    assertEquals(Map.of(), lengths);
    assertTrue(pending > 500, pending + " reads");
    core.close();
  }

  private static int lengthOf(int key) {
    return key % 5 == 3 ? 20_000 : 100 + key % 3;
  }
}
