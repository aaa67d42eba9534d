package dev.peregrine.bench;

import dev.peregrine.StoreKind;

/**
 * What records, index and buffers take, so that a budget can be computed before a store is open.
 */
public final class Sizing {
  /** Least page of a log. */
  public static final int MIN_PAGE_BYTES = 4 << 10;

  /** Greatest page that is chosen without being asked for. */
  public static final int MAX_PAGE_BYTES = 1 << 20;

  /** Least unit of access of any device. */
  public static final int SECTOR_BYTES = 512;

  /** Pages in a segment file. */
  public static final int SEGMENT_PAGES = 64;

  private static final int WORD_BYTES = 8;
  private static final int BUCKET_BYTES = 64;
  private static final int RECORDS_PER_BUCKET = 4;
  private static final int OVERFLOW_SHARE = 8;
  private static final long MIN_BUCKETS = 1 << 10;
  private static final int PAGES_IN_MEMORY = 32;
  private static final int MIN_RECORD_LIMIT_BYTES = 1 << 10;

  /** What a pending read gets to read into: two blocks. */
  private static final int PENDING_BUFFER_BYTES = 8 << 10;

  /** The longest record is read into a buffer with these edges, and computed in another. */
  private static final int EDGE_BYTES = 12 << 10;

  /** Pages have a footer: the longest record takes at most half of one. */
  private static final int LEAST_RECORDS_PER_PAGE = 2;

  private Sizing() {}

  /** The kind of store for 8-byte keys and values of this length. */
  public static StoreKind kind(int valueBytes) {
    return valueBytes == Long.BYTES ? StoreKind.LONG_TO_LONG : StoreKind.LONG_TO_BYTES;
  }

  /** The bytes of one record in the log: header, layout word unless fixed, key, padded value. */
  public static long recordBytes(int valueBytes) {
    long value = (valueBytes + WORD_BYTES - 1L) / WORD_BYTES * WORD_BYTES;
    return switch (kind(valueBytes)) {
      case LONG_TO_LONG -> WORD_BYTES + WORD_BYTES + value;
      default -> WORD_BYTES + WORD_BYTES + WORD_BYTES + value;
    };
  }

  /** The bytes of a hash index in which few buckets overflow: a power of two. */
  public static long indexBytes(long records) {
    long buckets = Math.max(MIN_BUCKETS, records / RECORDS_PER_BUCKET);
    return Long.highestOneBit(2 * buckets - 1) * BUCKET_BYTES;
  }

  /** What the index takes of the budget: its table, and an eighth more for overflow. */
  public static long indexBudgetBytes(long indexBytes) {
    return indexBytes + indexBytes / OVERFLOW_SHARE;
  }

  /** Room for the longest record, a power of two, so that small values need small buffers. */
  public static int maxRecordBytes(int valueBytes) {
    long needed = Math.max(MIN_RECORD_LIMIT_BYTES, recordBytes(valueBytes));
    return Math.toIntExact(Long.highestOneBit(2 * needed - 1));
  }

  /** A page so small that this much memory holds some dozens, and so large that a record fits. */
  public static int pageBytes(long logMemoryBytes, int valueBytes) {
    long wanted = Long.highestOneBit(Math.max(1, logMemoryBytes / PAGES_IN_MEMORY));
    long least = leastPageBytes(valueBytes);
    return (int) Math.clamp(wanted, least, Math.max(least, MAX_PAGE_BYTES));
  }

  /** The least log memory that makes sense. */
  public static long minLogBytes(int valueBytes) {
    return PAGES_IN_MEMORY * leastPageBytes(valueBytes);
  }

  private static long leastPageBytes(int valueBytes) {
    return Math.max(MIN_PAGE_BYTES, (long) LEAST_RECORDS_PER_PAGE * maxRecordBytes(valueBytes));
  }

  /** Memory for a quarter of the log, or as little as a log can do with. */
  public static long quarterLogBytes(long records, int valueBytes) {
    return Math.max(records * recordBytes(valueBytes) / 4, minLogBytes(valueBytes));
  }

  /** What the buffers of sessions take at most. */
  public static long bufferBytes(int sessions, int pendingDepth, int valueBytes) {
    long record = Math.max(PENDING_BUFFER_BYTES, maxRecordBytes(valueBytes));
    return sessions * ((long) pendingDepth * PENDING_BUFFER_BYTES + 2 * record + EDGE_BYTES);
  }
}
