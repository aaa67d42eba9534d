package dev.peregrine.internal.recovery;

import dev.peregrine.CorruptionException;
import dev.peregrine.Severity;
import dev.peregrine.StoreIoException;
import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.QueueMode;

/**
 * Reads a range of a device from its beginning to its end, several chunks ahead. A chunk ends at a
 * multiple of the chunk's length, so that it lies in one segment. One thread.
 */
final class ChunkReader implements CompletionSink, AutoCloseable {
  private static final int DEPTH = 4;
  private static final long WAIT_NANOS = 10_000_000;

  private final Device device;
  private final DeviceQueue queue;
  private final long end;
  private final int chunkBytes;
  private final long buffers;
  private final String path;

  /** Where the chunk in each buffer begins and how long it is, in the order of their reads. */
  private final long[] offsets = new long[DEPTH];

  private final int[] lengths = new int[DEPTH];
  private final boolean[] arrived = new boolean[DEPTH];
  private long requested;
  private long firstChunk;
  private long nextChunk;
  private RuntimeException failure;

  /**
   * @param device to read; the caller closes it
   * @param from start of the range, a multiple of the sector
   * @param end of it, likewise
   * @param buffers {@link #buffersBytes} of native memory
   * @param chunkBytes a power of two, at most a segment
   * @param path for messages
   */
  ChunkReader(Device device, long from, long end, long buffers, int chunkBytes, String path) {
    this.device = device;
    this.requested = from;
    this.end = end;
    this.buffers = buffers;
    this.chunkBytes = (int) Math.min(chunkBytes, device.segmentBytes());
    this.path = path;
    this.queue = device.openQueue(DEPTH, QueueMode.SINGLE_THREAD);
  }

  /** The memory that it needs. */
  static long buffersBytes(int chunkBytes) {
    return (long) DEPTH * chunkBytes;
  }

  /**
   * Waits for the next chunk; the one before is given up.
   *
   * @return false at the end of the range
   * @throws StoreIoException if it can't be read
   * @throws CorruptionException if the device ends before
   */
  boolean next() {
    if (nextChunk > firstChunk && arrived[slot(firstChunk)]) {
      arrived[slot(firstChunk++)] = false;
    }
    while (requested < end && nextChunk - firstChunk < DEPTH) {
      request();
    }
    queue.submit();
    if (nextChunk == firstChunk) {
      return false;
    }
    while (failure == null && !arrived[slot(firstChunk)]) {
      queue.await(this, DEPTH, WAIT_NANOS);
    }
    if (failure != null) {
      throw failure;
    }
    return true;
  }

  /** Where the chunk is in memory. */
  long address() {
    return buffers + (long) slot(firstChunk) * chunkBytes;
  }

  /** The device offset of its first byte. */
  long offset() {
    return offsets[slot(firstChunk)];
  }

  /** Its length. */
  int length() {
    return lengths[slot(firstChunk)];
  }

  private void request() {
    int slot = slot(nextChunk);
    long room = chunkBytes - requested % chunkBytes;
    offsets[slot] = requested;
    lengths[slot] = (int) Math.min(room, end - requested);
    if (requested + lengths[slot] > device.endOffset()) {
      throw new CorruptionException(
          path + " is cut short: it ends at offset " + device.endOffset() + " before " + end);
    }
    queue.read(requested, buffers + (long) slot * chunkBytes, lengths[slot], slot);
    requested += lengths[slot];
    nextChunk++;
  }

  private static int slot(long chunk) {
    return (int) (chunk % DEPTH);
  }

  @Override
  public void onCompletion(long slot, int bytes) {
    if (bytes < lengths[(int) slot] && failure == null) {
      failure =
          new CorruptionException(
              path + " is cut short: it ends at offset " + (offsets[(int) slot] + bytes));
    }
    arrived[(int) slot] = true;
  }

  @Override
  public void onFailure(long slot, DeviceException cause) {
    if (failure == null) {
      failure = new StoreIoException(Severity.STORE, path + " can't be read", cause);
    }
  }

  @Override
  public void close() {
    queue.close();
  }
}
