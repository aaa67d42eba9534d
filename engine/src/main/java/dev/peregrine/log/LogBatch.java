package dev.peregrine.log;

import dev.peregrine.internal.log.BlockBuilder;
import java.lang.foreign.MemorySegment;

/**
 * Entries that are appended together: after a crash all of them are there, or none. Fill it, {@link
 * DurableLog#append(LogBatch)} it, {@link #clear} it and use it again; it keeps its memory, which
 * grows with what is put in. One thread at a time.
 */
public final class LogBatch implements AutoCloseable {
  private final BlockBuilder block;

  LogBatch(BlockBuilder block) {
    this.block = block;
  }

  /**
   * Adds an entry.
   *
   * @param entry its bytes, which are copied
   * @throws IllegalArgumentException if it is longer than the log's entries may be
   */
  public void add(MemorySegment entry) {
    block.add(entry, 0, entry.byteSize());
  }

  /**
   * Adds a part of a segment as an entry.
   *
   * @param source its bytes, which are copied
   * @param offset the first one there
   * @param length how many
   */
  public void add(MemorySegment source, long offset, long length) {
    block.add(source, offset, length);
  }

  /** How many entries it has. */
  public int count() {
    return block.count();
  }

  /** Bytes that it takes in the log. */
  public long bytes() {
    return block.bytes();
  }

  /** Takes all entries out. */
  public void clear() {
    block.clear();
  }

  BlockBuilder block() {
    return block;
  }

  /** Gives its memory back. */
  @Override
  public void close() {
    block.close();
  }
}
