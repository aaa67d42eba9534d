package dev.peregrine.bench.compare.peer;

import java.util.concurrent.ConcurrentMap;

/** Operations on a map of boxed longs. */
final class BoxedLongSession extends PeerSession {
  private final ConcurrentMap<Long, Long> map;

  BoxedLongSession(ConcurrentMap<Long, Long> map) {
    this.map = map;
  }

  @Override
  public boolean read(long key) {
    Long value = map.get(key);
    if (value == null) {
      throw Payload.missing(key);
    }
    word = Payload.check(value, key);
    return true;
  }

  @Override
  public boolean write(long key, long counter) {
    map.put(key, Payload.word(key, counter));
    return true;
  }

  @Override
  public boolean increment(long key) {
    map.merge(key, 1L, Long::sum);
    return true;
  }
}
