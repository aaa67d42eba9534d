package dev.peregrine.bench.compare.peer;

import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.DataType;
import org.h2.mvstore.type.LongDataType;

/** H2's MVStore: without a file, or with one and a page cache where memory is limited. */
final class MvStorePeer implements Peer {
  /** The cache counts a page's estimated size on the heap. */
  private static final int MEBIBYTE_BITS = 20;

  private final PeerSetup setup;
  private final MVStore store;
  private final int cacheMebibytes;
  private final MVMap<Long, Long> longs;
  private final MVMap<Long, Object> bytes;

  @SuppressWarnings("unchecked") // MVMap cannot be asked for a decision on values of an array type
  MvStorePeer(PeerSetup setup) {
    this.setup = setup;
    cacheMebibytes = Math.toIntExact(Math.max(1, setup.budgetBytes() >> MEBIBYTE_BITS));
    MVStore.Builder builder = new MVStore.Builder();
    if (setup.isLimited()) {
      builder.fileName(setup.directory().resolve("store").toString()).cacheSize(cacheMebibytes);
    }
    store = builder.open();
    longs =
        setup.isLong()
            ? store.openMap(
                "map",
                new MVMap.Builder<Long, Long>()
                    .keyType(LongDataType.INSTANCE)
                    .valueType(LongDataType.INSTANCE))
            : null;
    bytes =
        setup.isLong()
            ? null
            : store.openMap(
                "map",
                new MVMap.Builder<Long, Object>()
                    .keyType(LongDataType.INSTANCE)
                    .valueType((DataType<Object>) (DataType<?>) ByteArrayDataType.INSTANCE));
  }

  @Override
  public String describe() {
    return setup.isLimited()
        ? "file, cacheSize " + cacheMebibytes + " MiB, automatic commits"
        : "no file";
  }

  @Override
  public PeerSession newSession() {
    return setup.isLong() ? new Longs(longs) : new Bytes(bytes, setup.valueBytes());
  }

  /** Commits so often that what is not written yet stays small. */
  @Override
  public PeerSession newLoader() {
    PeerSession session = newSession();
    return setup.isLimited() ? new Loader(session, store) : session;
  }

  @Override
  public void settle() {
    if (setup.isLimited()) {
      store.commit();
    }
  }

  @Override
  public void close() {
    store.closeImmediately();
  }

  private static final class Loader extends PeerSession {
    private static final int BATCH = 1 << 18;

    private final PeerSession session;
    private final MVStore store;
    private int size;

    Loader(PeerSession session, MVStore store) {
      this.session = session;
      this.store = store;
    }

    @Override
    public boolean read(long key) {
      return session.read(key);
    }

    @Override
    public boolean write(long key, long counter) {
      if (++size % BATCH == 0) {
        store.commit();
      }
      return session.write(key, counter);
    }

    @Override
    public boolean increment(long key) {
      return session.increment(key);
    }
  }

  private static final class Longs extends PeerSession {
    private static final MVMap.DecisionMaker<Long> INCREMENT = new Increment();

    private final MVMap<Long, Long> map;

    Longs(MVMap<Long, Long> map) {
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
      map.put(key, (Long) Payload.word(key, counter));
      return true;
    }

    @Override
    public boolean increment(long key) {
      if (map.operate(key, 0L, INCREMENT) == null) {
        throw Payload.missing(key);
      }
      return true;
    }
  }

  private static final class Bytes extends PeerSession {
    private static final MVMap.DecisionMaker<Object> INCREMENT = new BytesIncrement();
    private static final byte[] UNUSED = new byte[0];

    private final MVMap<Long, Object> map;
    private final int valueBytes;

    Bytes(MVMap<Long, Object> map, int valueBytes) {
      this.map = map;
      this.valueBytes = valueBytes;
    }

    @Override
    public boolean read(long key) {
      word = Payload.check((byte[]) map.get(key), valueBytes, key);
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
      if (map.operate(key, UNUSED, INCREMENT) == null) {
        throw Payload.missing(key);
      }
      return true;
    }
  }

  /** May be asked again after a conflict, always about the value as it is then. */
  private static final class Increment extends MVMap.DecisionMaker<Long> {
    @Override
    public MVMap.Decision decide(Long existing, Long provided) {
      return existing == null ? MVMap.Decision.ABORT : MVMap.Decision.PUT;
    }

    @Override
    @SuppressWarnings("unchecked") // Long is final, so T is Long
    public <T extends Long> T selectValue(T existing, T provided) {
      return (T) (Long) (existing + 1);
    }
  }

  private static final class BytesIncrement extends MVMap.DecisionMaker<Object> {
    @Override
    public MVMap.Decision decide(Object existing, Object provided) {
      return existing == null ? MVMap.Decision.ABORT : MVMap.Decision.PUT;
    }

    @Override
    @SuppressWarnings("unchecked") // all values are arrays of bytes
    public <T> T selectValue(T existing, T provided) {
      return (T) Payload.incremented((byte[]) existing);
    }
  }
}
