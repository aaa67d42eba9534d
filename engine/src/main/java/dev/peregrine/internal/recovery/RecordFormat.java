package dev.peregrine.internal.recovery;

import dev.peregrine.StoreKind;
import dev.peregrine.internal.hlog.PageScan;
import dev.peregrine.internal.record.BytesRecord;
import dev.peregrine.internal.record.KeyHash;
import dev.peregrine.internal.record.LongRecord;
import dev.peregrine.memory.Memory;
import java.lang.foreign.MemorySegment;

/** How long a record is and what its key's hash is, for each kind of store. One thread. */
public final class RecordFormat implements PageScan.RecordSizer {
  private final StoreKind kind;
  private final byte[] key;

  /**
   * @param kind of the store
   */
  public RecordFormat(StoreKind kind) {
    this.kind = kind;
    this.key = new byte[kind == StoreKind.BYTES_TO_BYTES ? BytesRecord.MAX_KEY_BYTES : 0];
  }

  @Override
  public long sizeBytes(long physicalAddress, long availableBytes) {
    if (kind == StoreKind.LONG_TO_LONG) {
      return LongRecord.BYTES;
    }
    if (availableBytes < BytesRecord.KEY_OFFSET) {
      return BytesRecord.KEY_OFFSET;
    }
    long layout = Memory.getLong(BytesRecord.layoutAddress(physicalAddress));
    return BytesRecord.allocatedBytes(layout);
  }

  /** The hash of the key of a record whose size has been checked. */
  public long hash(long physicalAddress) {
    if (kind == StoreKind.LONG_TO_LONG) {
      return KeyHash.ofLong(LongRecord.key(physicalAddress));
    }
    long keyAddress = BytesRecord.keyAddress(physicalAddress);
    if (kind == StoreKind.LONG_TO_BYTES) {
      return KeyHash.ofLong(Memory.getLong(keyAddress));
    }
    long layout = Memory.getLong(BytesRecord.layoutAddress(physicalAddress));
    int length = BytesRecord.keyBytes(layout);
    MemorySegment segment = MemorySegment.ofArray(key).asSlice(0, length);
    Memory.copyOut(keyAddress, segment, 0, length);
    return KeyHash.ofBytes(segment);
  }
}
