package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values that prove themselves, written and read at the same time: nobody sees half of one. */
class TornValueTest {
  private static final int LEAST = 9;
  private static final int MOST = 2000;
  private static final int STAMP = 0;
  private static final int WRITERS = 2;
  private static final int READERS = 2;

  /** Replaces the value by a new one, of any length. */
  private static final UpdateFunction REWRITE =
      new UpdateFunction() {
        @Override
        public int initialLength(long argument) {
          return lengthOf(argument);
        }

        @Override
        public void initialize(ValueBuffer value, long argument) {
          write(value, argument);
        }

        @Override
        public int updatedLength(ValueView value, long argument) {
          check(value);
          return lengthOf(argument);
        }

        @Override
        public void update(ValueBuffer value, long argument) {
          write(value, argument);
        }
      };

  private static int lengthOf(long stamp) {
    return LEAST + (int) ((stamp >>> 8) % (MOST - LEAST));
  }

  private static byte byteAt(long stamp, int index) {
    return (byte) (stamp * 31 + index * 7);
  }

  private static void write(ValueBuffer value, long stamp) {
    value.putLong(STAMP, stamp);
    for (int i = Long.BYTES; i < value.length(); i++) {
      value.putByte(i, byteAt(stamp, i));
    }
  }

  private static void fill(MemorySegment value, long stamp) {
    value.set(ValueLayout.JAVA_LONG_UNALIGNED, STAMP, stamp);
    for (int i = Long.BYTES; i < value.byteSize(); i++) {
      value.set(ValueLayout.JAVA_BYTE, i, byteAt(stamp, i));
    }
  }

  private static void check(ValueView value) {
    long stamp = value.getLong(STAMP);
    assertEquals(lengthOf(stamp), value.length(), "length of " + stamp);
    for (int i = Long.BYTES; i < value.length(); i++) {
      if (byteAt(stamp, i) != value.getByte(i)) {
        throw new AssertionError("torn at " + i + " of " + value.length());
      }
    }
  }

  private static void check(MemorySegment value) {
    long stamp = value.get(ValueLayout.JAVA_LONG_UNALIGNED, STAMP);
    assertEquals(lengthOf(stamp), value.byteSize(), "length of " + stamp);
    for (int i = Long.BYTES; i < value.byteSize(); i++) {
      if (byteAt(stamp, i) != value.get(ValueLayout.JAVA_BYTE, i)) {
        throw new AssertionError("torn at " + i + " of " + value.byteSize());
      }
    }
  }

  private static void writeAndRead(Store store, int keys, int writes) {
    Seeds.run(
        1,
        seed -> {
          AtomicInteger writing = new AtomicInteger(WRITERS);
          AtomicInteger found = new AtomicInteger();
          Threads.run(
              WRITERS + READERS,
              thread -> {
                SplittableRandom random = new SplittableRandom(seed + thread);
                try (Session session = store.newSession();
                    Arena arena = Arena.ofConfined()) {
                  KindFace face = new KindFace(store.config().kind(), session);
                  if (thread < WRITERS) {
                    try {
                      for (int i = 0; i < writes; i++) {
                        write(face, random, keys);
                      }
                      session.completeAll();
                    } finally {
                      writing.decrementAndGet();
                    }
                  } else {
                    MemorySegment buffer = arena.allocate(MOST);
                    while (writing.get() > 0) {
                      found.addAndGet(read(face, random.nextInt(keys), buffer, random));
                    }
                  }
                }
              });
          assertTrue(found.get() > 0, "nothing was read");
        });
  }

  private static void write(KindFace face, SplittableRandom random, int keys) {
    int key = random.nextInt(keys);
    long stamp = random.nextLong() >>> 1;
    int choice = random.nextInt(10);
    if (choice == 0) {
      face.delete(key);
    } else if (choice < 5) {
      byte[] value = new byte[lengthOf(stamp)];
      fill(MemorySegment.ofArray(value), stamp);
      face.upsert(key, value);
    } else {
      Status status = face.rmw(key, REWRITE, stamp);
      if (status == Status.PENDING) {
        face.session().await(status);
      }
    }
  }

  private static int read(KindFace face, int key, MemorySegment buffer, SplittableRandom random) {
    if (random.nextBoolean()) {
      Status status = face.session().await(face.read(key, (value, argument) -> check(value), 0));
      return status == Status.FOUND ? 1 : 0;
    }
    Status status = face.session().await(face.read(key, buffer));
    if (status == Status.FOUND) {
      check(buffer.asSlice(0, face.session().valueLength()));
      return 1;
    }
    return 0;
  }

  @ParameterizedTest
  @EnumSource(names = {"LONG_TO_BYTES", "BYTES_TO_BYTES"})
  void shouldNeverBeSeenTornWhenInMemory(StoreKind kind) {
    StoreConfig config = TestStores.config(kind).memoryBytes(64 << 20).build();
    try (Store store = Store.open(config)) {
      writeAndRead(store, 4, 15_000);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LONG_TO_BYTES", "BYTES_TO_BYTES"})
  void shouldNeverBeSeenTornWhenPagesAreEvicted(StoreKind kind) {
    Device device = TestDevice.MEMORY.open(null, 0);
    try (Store store = TestStores.tinyOn(device, kind, WRITERS + READERS, 4, 8)) {
      writeAndRead(store, 40, 8_000);
      assertTrue(device.stats().reads() > 0);
    }
  }
}
