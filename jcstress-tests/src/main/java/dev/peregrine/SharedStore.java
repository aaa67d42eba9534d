package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.DeviceOptions;
import dev.peregrine.device.Devices;
import dev.peregrine.internal.hlog.LogDriver;
import dev.peregrine.internal.hlog.ThreadDriver;
import dev.peregrine.internal.record.KeyHash;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.SystemNanoClock;

/**
 * One store in memory for all states of a test, and a session for each thread. A state takes a key
 * of its own, so that states don't meet, unless the hashes are cut. Its memory is taken as it is
 * touched.
 */
final class SharedStore {
  /** Leaves so little of a hash that keys with {@linkplain #takePair partners} abound. */
  static final long COLLIDING_MASK = (1 << 16) - 1;

  /** All of a hash. */
  static final long ALL_BITS = -1;

  private static final int KEYS = 1 << 16;
  private static final long MEMORY_BYTES = 6L << 30;
  private static final long INDEX_BYTES = 64L << 20;
  private static final int MAX_SESSIONS = 64;

  private final Store store;
  private final ThreadSessions sessions;
  private final AtomicLong nextKey = new AtomicLong();

  /** Keys and their partners, next to each other. */
  private final long[] pairs;

  SharedStore(StoreKind kind) {
    this(kind, ALL_BITS);
  }

  SharedStore(StoreKind kind, long hashMask) {
    Device device =
        Devices.open(DeviceOptions.builder().kind(DeviceKind.NULL).name("jcstress").build());
    store =
        Store.open(
            StoreConfig.builder(kind)
                .device(DeviceKind.NULL)
                .memoryBytes(MEMORY_BYTES)
                .indexBytes(INDEX_BYTES)
                .maxSessions(MAX_SESSIONS)
                .pendingDepth(1)
                .build(),
            device,
            environment(new ThreadDriver("jcstress-log"), hashMask));
    sessions = new ThreadSessions(store::newSession);
    pairs = hashMask == ALL_BITS ? null : pairs((int) hashMask);
  }

  /** What a store of a test runs on. */
  static StoreEnvironment environment(LogDriver driver, long hashMask) {
    return new StoreEnvironment(
        driver,
        SystemNanoClock.INSTANCE,
        System::currentTimeMillis,
        new SplittableRandom()::nextLong,
        hashMask);
  }

  /** Pairs of keys with the same hash, which share nothing with other pairs. */
  private static long[] pairs(int mask) {
    long[] firstOf = new long[mask + 1];
    long[] found = new long[KEYS / 2];
    int count = 0;
    for (long key = 1; count < KEYS / 2; key++) {
      int hash = (int) KeyHash.ofLong(key) & mask;
      if (firstOf[hash] == 0) {
        firstOf[hash] = key;
      } else if (firstOf[hash] > 0) {
        found[count++] = firstOf[hash];
        found[count++] = key;
        firstOf[hash] = -1;
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** The calling thread's session. */
  Session session() {
    return sessions.get();
  }

  /** A session for whoever wants it. */
  Session newSession() {
    return store.newSession();
  }

  /** A key that no state has had for long. */
  long takeKey() {
    return nextKey.getAndIncrement() & (KEYS - 1);
  }

  /** Two different keys of one chain, that no state has had for long. */
  KeyPair takePair() {
    int pair = (int) (nextKey.getAndIncrement() & (pairs.length / 2 - 1));
    return new KeyPair(pairs[2 * pair], pairs[2 * pair + 1]);
  }

  /** Two keys. */
  record KeyPair(long one, long other) {}
}
