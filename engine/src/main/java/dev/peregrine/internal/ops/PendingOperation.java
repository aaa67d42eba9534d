package dev.peregrine.internal.ops;

import dev.peregrine.LongUpdateFunction;
import dev.peregrine.Outcome;
import dev.peregrine.ReadFunction;
import dev.peregrine.UpdateFunction;
import dev.peregrine.memory.Alignment;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/**
 * An operation that waits for the device: what it was called with, and how far it got. Reused; its
 * copies of keys and values keep their size, so that a session in a steady state allocates nothing.
 */
final class PendingOperation {
  /** What is to be done when the record is there. */
  enum Kind {
    READ,
    INSERT,
    ADD,
    UPDATE
  }

  private static final int MIN_COPY_BYTES = 64;

  final int slot;
  Kind kind;
  long serial;
  long hash;

  /** The record that is being read. */
  long address;

  /**
   * Where the search left memory: all of the chain from here down has been searched on the device.
   */
  long searchedFrom;

  /** The blocks that are read for it: from here… */
  long rangeStart;

  /** …to here. */
  long rangeEnd;

  long bufferAddress;

  /** What is being read to the buffer: the range, or the page's zone before. */
  long requestedOffset;

  int requestedBytes;

  /** Bytes of the record that are needed; its size, once it is known. */
  int neededBytes;

  /** Whether the zone comes first, for the checksums of the range. */
  boolean readsZone;

  /** The checksums that the range must have, if the zone is no part of it. */
  int[] expected;

  /** Whether it waits for the large buffer. */
  boolean awaitsLargeBuffer;

  long longKey;
  long longArgument;

  /** Copies; only the first bytes count. */
  MemorySegment key = MemorySegment.NULL;

  int keyBytes;
  MemorySegment value = MemorySegment.NULL;
  int valueBytes;
  MemorySegment destination;
  ReadFunction readFunction;
  UpdateFunction updateFunction;
  LongUpdateFunction longUpdateFunction;

  /** The outcome, once there is one. */
  int result;

  long longValue;
  int valueLength;

  /** Where the value is while the handler runs, 0 if there is none. */
  long valueAddress;

  RuntimeException failure;

  /** Who asked for the outcome, other than the session's handler. */
  CompletableFuture<Outcome> future;

  /** It has its outcome, which may not be delivered yet. */
  boolean concluded;

  boolean awaited;
  boolean done;

  PendingOperation(int slot) {
    this.slot = slot;
  }

  void copyKey(MemorySegment from, int bytes) {
    if (key.byteSize() < bytes) {
      key = room(bytes);
    }
    MemorySegment.copy(from, 0, key, 0, bytes);
    keyBytes = bytes;
  }

  void copyValue(MemorySegment from, int bytes) {
    if (value.byteSize() < bytes) {
      value = room(bytes);
    }
    MemorySegment.copy(from, 0, value, 0, bytes);
    valueBytes = bytes;
  }

  /** Whether it is a change that may still take effect. */
  boolean isUnfinishedChange() {
    return kind != null && kind != Kind.READ && !concluded;
  }

  /** Forgets the caller's objects. */
  void reset() {
    destination = null;
    readFunction = null;
    updateFunction = null;
    longUpdateFunction = null;
    failure = null;
    future = null;
    concluded = false;
    awaited = false;
    done = false;
    awaitsLargeBuffer = false;
    readsZone = false;
    expected = null;
    longValue = 0;
    valueLength = 0;
    valueAddress = 0;
  }

  private static MemorySegment room(int bytes) {
    return MemorySegment.ofArray(
        new byte[(int) Alignment.nextPowerOfTwo(Math.max(bytes, MIN_COPY_BYTES))]);
  }
}
