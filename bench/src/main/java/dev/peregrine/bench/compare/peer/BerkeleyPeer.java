package dev.peregrine.bench.compare.peer;

import com.sleepycat.je.Cursor;
import com.sleepycat.je.Database;
import com.sleepycat.je.DatabaseConfig;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Environment;
import com.sleepycat.je.EnvironmentConfig;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.OperationStatus;
import dev.peregrine.bench.ByteSize;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Berkeley DB Java Edition: a B+ tree with a cache on the heap, without transactions. */
final class BerkeleyPeer implements Peer {
  private static final long MIN_CACHE_BYTES = 16 << 20;
  private static final int CACHE_FACTOR = 2;
  private static final int NODE_BYTES = 128;

  private final PeerSetup setup;
  private final long cacheBytes;
  private final Environment environment;
  private final Database database;

  BerkeleyPeer(PeerSetup setup) {
    this.setup = setup;
    cacheBytes = cacheBytes(setup);
    EnvironmentConfig config = new EnvironmentConfig();
    config.setAllowCreate(true);
    config.setTransactional(false);
    config.setCacheSize(cacheBytes);
    environment = new Environment(setup.directory().toFile(), config);
    DatabaseConfig databaseConfig = new DatabaseConfig();
    databaseConfig.setAllowCreate(true);
    databaseConfig.setDeferredWrite(true);
    database = environment.openDatabase(null, "map", databaseConfig);
  }

  /** What the cache may take of the heap. */
  static long cacheBytes(PeerSetup setup) {
    long full = CACHE_FACTOR * setup.payloadBytes() + NODE_BYTES * setup.records();
    return Math.max(MIN_CACHE_BYTES, setup.isLimited() ? setup.budgetBytes() : full);
  }

  @Override
  public String describe() {
    return "cache %s, deferred write".formatted(ByteSize.format(cacheBytes));
  }

  @Override
  public PeerSession newSession() {
    return new BerkeleySession();
  }

  @Override
  public void close() {
    database.close();
    environment.close();
  }

  private final class BerkeleySession extends PeerSession {
    private static final VarHandle BIG_ENDIAN =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] keyBytes = new byte[Long.BYTES];
    private final byte[] value = new byte[setup.valueBytes()];
    private final DatabaseEntry keyEntry = new DatabaseEntry(keyBytes);
    private final DatabaseEntry valueEntry = new DatabaseEntry(value);
    private final DatabaseEntry found = new DatabaseEntry();

    @Override
    public boolean read(long key) {
      BIG_ENDIAN.set(keyBytes, 0, key);
      OperationStatus status = database.get(null, keyEntry, found, LockMode.DEFAULT);
      if (status != OperationStatus.SUCCESS) {
        throw Payload.missing(key);
      }
      word = Payload.check(found.getData(), value.length, key);
      return true;
    }

    @Override
    public boolean write(long key, long counter) {
      BIG_ENDIAN.set(keyBytes, 0, key);
      Payload.fill(value, key, Payload.word(key, counter));
      database.put(null, keyEntry, valueEntry);
      return true;
    }

    @Override
    public boolean increment(long key) {
      BIG_ENDIAN.set(keyBytes, 0, key);
      try (Cursor cursor = database.openCursor(null, null)) {
        if (cursor.getSearchKey(keyEntry, found, LockMode.RMW) != OperationStatus.SUCCESS) {
          throw Payload.missing(key);
        }
        Payload.fill(value, key, Payload.check(found.getData(), value.length, key) + 1);
        cursor.putCurrent(valueEntry);
      }
      return true;
    }
  }
}
