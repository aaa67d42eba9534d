package dev.peregrine.bench.compare.peer;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The maps and caches on the heap that are a {@link ConcurrentMap} of boxed keys. */
final class MapPeer implements Peer {
  private final PeerSetup setup;
  private final String description;
  private final ConcurrentMap<Long, Long> longs;
  private final ConcurrentMap<Long, byte[]> bytes;

  private MapPeer(
      PeerSetup setup,
      String description,
      ConcurrentMap<Long, Long> longs,
      ConcurrentMap<Long, byte[]> bytes) {
    this.setup = setup;
    this.description = description;
    this.longs = longs;
    this.bytes = bytes;
  }

  /** A ConcurrentHashMap that never has to grow. */
  static Peer concurrentHashMap(PeerSetup setup) {
    int capacity = Math.toIntExact(setup.records());
    return new MapPeer(
        setup,
        "sized for " + capacity + " records",
        setup.isLong() ? new ConcurrentHashMap<>(capacity) : null,
        setup.isLong() ? null : new ConcurrentHashMap<>(capacity));
  }

  /** A cache with a bound that is never reached, so that nothing is evicted. */
  static Peer caffeine(PeerSetup setup) {
    int capacity = Math.toIntExact(setup.records());
    Caffeine<Object, Object> builder =
        Caffeine.newBuilder().initialCapacity(capacity).maximumSize(2L * capacity);
    return new MapPeer(
        setup,
        "maximumSize " + 2L * capacity,
        setup.isLong() ? builder.<Long, Long>build().asMap() : null,
        setup.isLong() ? null : builder.<Long, byte[]>build().asMap());
  }

  @Override
  public String describe() {
    return description;
  }

  @Override
  public PeerSession newSession() {
    return setup.isLong()
        ? new BoxedLongSession(longs)
        : new BoxedBytesSession(bytes, setup.valueBytes());
  }

  @Override
  public void close() {
    (setup.isLong() ? longs : bytes).clear();
  }
}
