package dev.peregrine.internal.checkpoint;

import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.QueueMode;

/**
 * Writes an image from its beginning to its end, a few chunks at once, out of buffers that it is
 * given. Used by one thread at a time.
 */
final class ImageWriter implements CompletionSink, AutoCloseable {
  private static final int DEPTH = 4;
  private static final long WAIT_NANOS = 200_000;

  private final Device device;
  private final DeviceQueue queue;
  private final long buffers;
  private final int bufferBytes;
  private final boolean[] busy = new boolean[DEPTH];
  private long position;
  private DeviceException failure;

  /**
   * @param device empty; closed with the writer
   * @param buffers {@link #buffersBytes} of native memory, aligned to the sector
   * @param bufferBytes the longest chunk, a multiple of the sector
   */
  ImageWriter(Device device, long buffers, int bufferBytes) {
    this.device = device;
    this.buffers = buffers;
    this.bufferBytes = bufferBytes;
    this.queue = device.openQueue(DEPTH, QueueMode.MOVABLE);
  }

  /** The memory that buffers for chunks of {@code bufferBytes} take. */
  static long buffersBytes(int bufferBytes) {
    return (long) DEPTH * bufferBytes;
  }

  /** A buffer to fill and {@link #write}, or 0 if all are on their way. */
  long freeBuffer() {
    for (int i = 0; i < DEPTH; i++) {
      if (!busy[i]) {
        return buffers + (long) i * bufferBytes;
      }
    }
    return 0;
  }

  /**
   * Writes what is in a buffer behind what was written before.
   *
   * @param bytes a multiple of the sector that divides the device's segment, but for the last chunk
   */
  void write(long buffer, int bytes) {
    int slot = (int) ((buffer - buffers) / bufferBytes);
    device.ensureCapacity(position + bytes);
    busy[slot] = true;
    if (!queue.write(position, buffer, bytes, slot)) {
      throw new IllegalStateException("the queue of the image is full");
    }
    position += bytes;
    queue.submit();
  }

  /**
   * Takes what has been written, and waits shortly for it.
   *
   * @return how many chunks
   * @throws DeviceException the first failure, each time
   */
  int poll() {
    int done = queue.inFlight() == 0 ? 0 : queue.await(this, DEPTH, WAIT_NANOS);
    if (failure != null) {
      throw failure;
    }
    return done;
  }

  /** Whether everything has been written. */
  boolean isIdle() {
    return queue.inFlight() == 0;
  }

  /** Bytes given to it. */
  long position() {
    return position;
  }

  /** Makes everything durable, which must have been written. */
  void sync() {
    device.sync();
  }

  @Override
  public void onCompletion(long slot, int bytes) {
    busy[(int) slot] = false;
  }

  @Override
  public void onFailure(long slot, DeviceException cause) {
    busy[(int) slot] = false;
    if (failure == null) {
      failure = cause;
    }
  }

  @Override
  public void close() {
    queue.close();
    device.close();
  }
}
