package dev.peregrine.internal.log;

import dev.peregrine.Severity;
import dev.peregrine.StoreIoException;
import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.QueueMode;
import dev.peregrine.memory.Checksum;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.lang.foreign.MemorySegment;

/**
 * Reads pages from the device, one ahead, into two buffers. It checks nothing of what it reads. One
 * thread at a time.
 */
final class PageReads implements CompletionSink, AutoCloseable {
  /** Buffers, and so reads that are out at most. */
  static final int BUFFERS = 2;

  private static final int DEPTH = 16;
  private static final long MAX_READ_BYTES = 1L << 20;
  private static final long WAIT_NANOS = 1_000_000_000L;
  private static final long NOTHING = -1;

  private final Device device;
  private final int pageBytes;
  private final NativeRegion region;
  private final Checksum checksum;
  private DeviceQueue queue;

  private final long[] pages = {NOTHING, NOTHING};
  private final int[] wanted = new int[BUFFERS];
  private final int[] outstanding = new int[BUFFERS];
  private final DeviceException[] failures = new DeviceException[BUFFERS];
  private int latest;

  /**
   * @param device to read
   * @param pageBytes the page size
   */
  PageReads(Device device, int pageBytes) {
    this.device = device;
    this.pageBytes = pageBytes;
    this.region = NativeRegion.reserve((long) BUFFERS * pageBytes);
    this.checksum = new Checksum(region.address(), region.bytes());
  }

  static long bytesFor(int pageBytes) {
    return (long) BUFFERS * pageBytes;
  }

  /** Checksums of what is in the buffers. */
  Checksum checksum() {
    return checksum;
  }

  /**
   * Reads the beginning of a page, unless it is here.
   *
   * @param page its first address
   * @param bytes how much, a multiple of the block
   * @return where it is; good until the next but one is read
   * @throws StoreIoException if the device fails
   */
  long read(long page, int bytes) {
    int buffer = start(page, bytes);
    latest = buffer;
    while (outstanding[buffer] > 0) {
      queue.await(this, DEPTH, WAIT_NANOS);
    }
    DeviceException failure = failures[buffer];
    if (failure != null) {
      pages[buffer] = NOTHING;
      throw new StoreIoException(
          Severity.CALL, "the log can't be read: " + failure.getMessage(), failure);
    }
    return region.address() + (long) buffer * pageBytes;
  }

  /** Begins to read a page that will be wanted. */
  void readAhead(long page, int bytes) {
    start(page, bytes);
  }

  /** Whether a page is here, or coming, with so many bytes. */
  private int start(long page, int bytes) {
    for (int i = 0; i < BUFFERS; i++) {
      if (pages[i] == page && wanted[i] >= bytes) {
        return i;
      }
    }
    int buffer = pages[latest] == page ? latest : 1 - latest;
    while (outstanding[buffer] > 0) {
      queue.await(this, DEPTH, WAIT_NANOS);
    }
    if (queue == null) {
      queue = device.openQueue(DEPTH, QueueMode.MOVABLE);
    }
    pages[buffer] = page;
    wanted[buffer] = bytes;
    failures[buffer] = null;
    for (int at = 0; at < bytes; ) {
      int length = (int) Math.min(MAX_READ_BYTES, bytes - at);
      long address = region.address() + (long) buffer * pageBytes + at;
      long token = (long) at << 1 | buffer;
      while (!queue.read(page + at, address, length, token)) {
        queue.await(this, DEPTH, WAIT_NANOS);
      }
      outstanding[buffer]++;
      at += length;
    }
    queue.submit();
    return buffer;
  }

  /** Copies a page that is here. */
  void copyOut(long at, byte[] target, int offset) {
    Memory.copyOut(at, MemorySegment.ofArray(target), offset, pageBytes);
  }

  /** Forgets what is here: it may have changed on the device. */
  void forget() {
    for (int i = 0; i < BUFFERS; i++) {
      while (outstanding[i] > 0) {
        queue.await(this, DEPTH, WAIT_NANOS);
      }
      pages[i] = NOTHING;
    }
  }

  @Override
  public void onCompletion(long token, int bytes) {
    int buffer = (int) (token & 1);
    outstanding[buffer]--;
    int at = (int) (token >>> 1);
    int length = (int) Math.min(MAX_READ_BYTES, wanted[buffer] - at);
    if (bytes < length) {
      // What was never written is zero, wherever the device ends.
      long address = region.address() + (long) buffer * pageBytes + at;
      Memory.zero(address + bytes, length - bytes);
    }
  }

  @Override
  public void onFailure(long token, DeviceException cause) {
    int buffer = (int) (token & 1);
    outstanding[buffer]--;
    failures[buffer] = cause;
  }

  @Override
  public void close() {
    if (queue != null) {
      queue.close();
    }
    region.close();
  }
}
