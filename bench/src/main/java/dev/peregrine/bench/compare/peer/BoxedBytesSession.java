package dev.peregrine.bench.compare.peer;

import java.util.concurrent.ConcurrentMap;

/** Operations on a map of boxed longs to arrays, which nobody changes once they are in it. */
final class BoxedBytesSession extends PeerSession {
  private final ConcurrentMap<Long, byte[]> map;
  private final int valueBytes;

  BoxedBytesSession(ConcurrentMap<Long, byte[]> map, int valueBytes) {
    this.map = map;
    this.valueBytes = valueBytes;
  }

  @Override
  public boolean read(long key) {
    word = Payload.check(map.get(key), valueBytes, key);
    return true;
  }

  @Override
  public boolean write(long key, long counter) {
    byte[] value = new byte[valueBytes];
    Payload.fill(value, key, Payload.word(key, counter));
    map.put(key, value);
    return true;
  }

  @Override
  public boolean increment(long key) {
    if (map.computeIfPresent(key, BoxedBytesSession::incremented) == null) {
      throw Payload.missing(key);
    }
    return true;
  }

  private static byte[] incremented(Long key, byte[] before) {
    return Payload.incremented(before);
  }
}
