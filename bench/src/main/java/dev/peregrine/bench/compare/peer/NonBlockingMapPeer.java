package dev.peregrine.bench.compare.peer;

import org.jctools.maps.NonBlockingHashMapLong;

/**
 * JCTools' lock-free map, whose keys are not boxed. It has no atomic update but compare-and-set.
 */
final class NonBlockingMapPeer implements Peer {
  private final PeerSetup setup;
  private final NonBlockingHashMapLong<Long> longs;
  private final NonBlockingHashMapLong<byte[]> bytes;

  NonBlockingMapPeer(PeerSetup setup) {
    this.setup = setup;
    int capacity = Math.toIntExact(setup.records());
    longs = setup.isLong() ? new NonBlockingHashMapLong<>(capacity, false) : null;
    bytes = setup.isLong() ? null : new NonBlockingHashMapLong<>(capacity, false);
  }

  @Override
  public String describe() {
    return "sized for " + setup.records() + " records, optimized for speed";
  }

  @Override
  public PeerSession newSession() {
    return setup.isLong() ? new Longs(longs) : new Bytes(bytes, setup.valueBytes());
  }

  @Override
  public void close() {
    (setup.isLong() ? longs : bytes).clear();
  }

  private static final class Longs extends PeerSession {
    private final NonBlockingHashMapLong<Long> map;

    Longs(NonBlockingHashMapLong<Long> map) {
      this.map = map;
    }

    @Override
    public boolean read(long key) {
      word = Payload.check(present(key), key);
      return true;
    }

    private Long present(long key) {
      Long value = map.get(key);
      if (value == null) {
        throw Payload.missing(key);
      }
      return value;
    }

    @Override
    public boolean write(long key, long counter) {
      map.put(key, (Long) Payload.word(key, counter));
      return true;
    }

    @Override
    public boolean increment(long key) {
      Long before = present(key);
      while (!map.replace(key, before, (Long) (before + 1))) {
        before = present(key);
      }
      return true;
    }
  }

  private static final class Bytes extends PeerSession {
    private final NonBlockingHashMapLong<byte[]> map;
    private final int valueBytes;

    Bytes(NonBlockingHashMapLong<byte[]> map, int valueBytes) {
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
      byte[] before = map.get(key);
      while (before != null && !map.replace(key, before, Payload.incremented(before))) {
        before = map.get(key);
      }
      if (before == null) {
        throw Payload.missing(key);
      }
      return true;
    }
  }
}
