package dev.peregrine.bench.compare.peer;

import dev.peregrine.bench.ByteSize;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * RocksDB: one database without a write-ahead log and without compression. Where memory is limited,
 * index and filter blocks stand in the block cache and the operating system's cache is left out.
 *
 * <p>It has no atomic update of a part of a value, so updates lock one of many stripes in front.
 */
final class RocksDbPeer implements Peer {
  private static final int STRIPES = 1 << 12;
  private static final int BLOOM_BITS = 10;

  /** A filter block must fit into one shard; by default a small cache has too small ones. */
  private static final int CACHE_SHARD_BITS = 2;

  private static final int MAX_WRITE_BUFFERS = 4;
  private static final int BUDGET_PARTS = 16;
  private static final long MIN_WRITE_BUFFER_BYTES = 1 << 20;
  private static final long MAX_WRITE_BUFFER_BYTES = 64 << 20;
  private static final long POLL_NANOS = 10_000_000;

  private final PeerSetup setup;
  private final List<AbstractNativeReference> opened = new ArrayList<>();
  private final long writeBufferBytes;
  private final long cacheBytes;
  private final RocksDB db;
  private final ReadOptions readOptions;
  private final WriteOptions writeOptions;
  private final Object[] stripes = new Object[STRIPES];

  RocksDbPeer(PeerSetup setup) {
    this.setup = setup;
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Object();
    }
    RocksDB.loadLibrary();
    writeBufferBytes =
        setup.isLimited()
            ? Math.clamp(
                setup.budgetBytes() / BUDGET_PARTS, MIN_WRITE_BUFFER_BYTES, MAX_WRITE_BUFFER_BYTES)
            : MAX_WRITE_BUFFER_BYTES;
    cacheBytes =
        setup.isLimited()
            ? Math.max(
                MIN_WRITE_BUFFER_BYTES, setup.budgetBytes() - MAX_WRITE_BUFFERS * writeBufferBytes)
            : 3 * setup.payloadBytes() + MAX_WRITE_BUFFER_BYTES;
    readOptions = open(new ReadOptions());
    writeOptions = open(new WriteOptions()).setDisableWAL(true);
    try {
      db = RocksDB.open(options(), setup.directory().toString());
    } catch (RocksDBException cause) {
      throw new IllegalStateException(cause);
    }
  }

  private Options options() {
    Cache cache = open(new LRUCache(cacheBytes, CACHE_SHARD_BITS));
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setFilterPolicy(open(new BloomFilter(BLOOM_BITS)))
            .setCacheIndexAndFilterBlocks(setup.isLimited())
            .setPinL0FilterAndIndexBlocksInCache(setup.isLimited());
    return open(new Options())
        .setCreateIfMissing(true)
        .setTableFormatConfig(table)
        .setCompressionType(CompressionType.NO_COMPRESSION)
        .setWriteBufferSize(writeBufferBytes)
        .setMaxWriteBufferNumber(MAX_WRITE_BUFFERS)
        .setIncreaseParallelism(Runtime.getRuntime().availableProcessors())
        .setUseDirectReads(setup.isLimited())
        .setUseDirectIoForFlushAndCompaction(setup.isLimited());
  }

  private <T extends AbstractNativeReference> T open(T reference) {
    opened.add(reference);
    return reference;
  }

  @Override
  public String describe() {
    return "block cache %s, %d write buffers of %s, Bloom filter of %d bits, no WAL, %s"
        .formatted(
            ByteSize.format(cacheBytes),
            MAX_WRITE_BUFFERS,
            ByteSize.format(writeBufferBytes),
            BLOOM_BITS,
            setup.isLimited() ? "direct I/O" : "buffered I/O");
  }

  @Override
  public PeerSession newSession() {
    return new RocksSession();
  }

  @Override
  public void settle() {
    try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
      db.flush(flush);
      while (db.getLongProperty("rocksdb.compaction-pending") != 0
          || db.getLongProperty("rocksdb.num-running-compactions") != 0) {
        LockSupport.parkNanos(POLL_NANOS);
      }
    } catch (RocksDBException cause) {
      throw new IllegalStateException(cause);
    }
  }

  @Override
  public void close() {
    db.close();
    opened.reversed().forEach(AbstractNativeReference::close);
  }

  private final class RocksSession extends PeerSession {
    private static final VarHandle BIG_ENDIAN =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] keyBytes = new byte[Long.BYTES];
    private final byte[] value = new byte[setup.valueBytes()];

    @Override
    public boolean read(long key) {
      get(key);
      word = Payload.check(value, value.length, key);
      return true;
    }

    private void get(long key) {
      BIG_ENDIAN.set(keyBytes, 0, key);
      try {
        int length = db.get(readOptions, keyBytes, value);
        if (length != value.length) {
          throw Payload.wrongLength(key, Math.max(0, length));
        }
      } catch (RocksDBException cause) {
        throw new IllegalStateException(cause);
      }
    }

    @Override
    public boolean write(long key, long counter) {
      synchronized (stripe(key)) {
        Payload.fill(value, key, Payload.word(key, counter));
        put(key);
      }
      return true;
    }

    private void put(long key) {
      BIG_ENDIAN.set(keyBytes, 0, key);
      try {
        db.put(writeOptions, keyBytes, value);
      } catch (RocksDBException cause) {
        throw new IllegalStateException(cause);
      }
    }

    @Override
    public boolean increment(long key) {
      synchronized (stripe(key)) {
        get(key);
        Payload.setWord(value, Payload.word(value) + 1);
        put(key);
      }
      return true;
    }

    private Object stripe(long key) {
      return stripes[(int) key & (STRIPES - 1)];
    }
  }
}
