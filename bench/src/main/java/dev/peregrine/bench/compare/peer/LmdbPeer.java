package dev.peregrine.bench.compare.peer;

import dev.peregrine.bench.ByteSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;

/** LMDB by lmdbjava: a memory-mapped B+ tree with one writer, without syncs. */
final class LmdbPeer implements Peer {
  /** Pages are half full after random inserts, and old ones wait for their readers. */
  private static final int MAP_FACTOR = 8;

  private static final long MAP_SLACK_BYTES = 1L << 30;
  private static final int MAX_READERS = 1024;
  private static final int LOAD_BATCH = 1 << 14;

  private final PeerSetup setup;
  private final long mapBytes;
  private final Env<ByteBuffer> env;
  private final Dbi<ByteBuffer> db;

  LmdbPeer(PeerSetup setup) {
    this.setup = setup;
    mapBytes = MAP_FACTOR * setup.payloadBytes() + MAP_SLACK_BYTES;
    env =
        Env.create(ByteBufferProxy.PROXY_OPTIMAL)
            .setMapSize(mapBytes)
            .setMaxDbs(1)
            .setMaxReaders(MAX_READERS)
            .open(
                setup.directory().toFile(),
                EnvFlags.MDB_NOSYNC,
                EnvFlags.MDB_WRITEMAP,
                EnvFlags.MDB_NORDAHEAD,
                EnvFlags.MDB_NOTLS);
    db = env.openDbi("map", DbiFlags.MDB_CREATE, DbiFlags.MDB_INTEGERKEY);
  }

  @Override
  public String describe() {
    return "map of %s; NOSYNC, WRITEMAP, NORDAHEAD; a transaction for each write"
        .formatted(ByteSize.format(mapBytes));
  }

  @Override
  public PeerSession newSession() {
    return new LmdbSession();
  }

  @Override
  public PeerSession newLoader() {
    return new LmdbLoader();
  }

  @Override
  public int loaders(int threads) {
    return 1;
  }

  @Override
  public void close() {
    env.close();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private class LmdbSession extends PeerSession {
    protected final ByteBuffer keyBuffer = buffer(Long.BYTES);
    protected final ByteBuffer value = buffer(setup.valueBytes());
    private final Txn<ByteBuffer> reader = env.txnRead();

    LmdbSession() {
      reader.reset();
    }

    @Override
    public boolean read(long key) {
      keyBuffer.putLong(0, key);
      reader.renew();
      try {
        word = check(db.get(reader, keyBuffer), key);
      } finally {
        reader.reset();
      }
      return true;
    }

    private long check(ByteBuffer found, long key) {
      if (found == null) {
        throw Payload.missing(key);
      }
      if (found.remaining() != setup.valueBytes()) {
        throw Payload.wrongLength(key, found.remaining());
      }
      return Payload.check(found.order(ByteOrder.LITTLE_ENDIAN), setup.valueBytes(), key);
    }

    @Override
    public boolean write(long key, long counter) {
      keyBuffer.putLong(0, key);
      Payload.fill(value, setup.valueBytes(), key, Payload.word(key, counter));
      try (Txn<ByteBuffer> writer = env.txnWrite()) {
        db.put(writer, keyBuffer, value);
        writer.commit();
      }
      return true;
    }

    @Override
    public boolean increment(long key) {
      keyBuffer.putLong(0, key);
      try (Txn<ByteBuffer> writer = env.txnWrite()) {
        long before = check(db.get(writer, keyBuffer), key);
        Payload.fill(value, setup.valueBytes(), key, before + 1);
        db.put(writer, keyBuffer, value);
        writer.commit();
      }
      return true;
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  /** Many writes in one transaction, which holds the one writer's lock. */
  private final class LmdbLoader extends LmdbSession {
    private Txn<ByteBuffer> batch;
    private int size;

    @Override
    public boolean write(long key, long counter) {
      if (batch == null) {
        batch = env.txnWrite();
      }
      keyBuffer.putLong(0, key);
      Payload.fill(value, setup.valueBytes(), key, Payload.word(key, counter));
      db.put(batch, keyBuffer, value);
      if (++size == LOAD_BATCH) {
        finish();
      }
      return true;
    }

    @Override
    public void finish() {
      if (batch != null) {
        batch.commit();
        batch.close();
        batch = null;
        size = 0;
      }
    }
  }
}
