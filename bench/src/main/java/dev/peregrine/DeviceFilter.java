package dev.peregrine;

import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.DeviceStats;
import dev.peregrine.device.QueueMode;
import java.util.HashMap;
import java.util.Map;

/**
 * A device around another one; what it does otherwise is decided by a class below. For one thread
 * at a time.
 */
class DeviceFilter implements Device {
  private final Device device;

  DeviceFilter(Device device) {
    this.device = device;
  }

  /** The device inside. */
  final Device device() {
    return device;
  }

  /** A write is about to be enqueued in {@code queue}. */
  void beforeWrite(DeviceQueue queue, long deviceOffset, long address, int bytes) {}

  /** A read has arrived. */
  void afterRead(long deviceOffset, long address, int bytes) {}

  @Override
  public DeviceQueue openQueue(int depth, QueueMode mode) {
    return new Queue(device.openQueue(depth, mode));
  }

  @Override
  public int sectorBytes() {
    return device.sectorBytes();
  }

  @Override
  public long segmentBytes() {
    return device.segmentBytes();
  }

  @Override
  public void ensureCapacity(long endOffset) {
    device.ensureCapacity(endOffset);
  }

  @Override
  public void truncateBefore(long offset) {
    device.truncateBefore(offset);
  }

  @Override
  public long beginOffset() {
    return device.beginOffset();
  }

  @Override
  public long endOffset() {
    return device.endOffset();
  }

  @Override
  public void sync() {
    device.sync();
  }

  @Override
  public boolean keepsData() {
    return device.keepsData();
  }

  @Override
  public String describe() {
    return device.describe();
  }

  @Override
  public DeviceStats stats() {
    return device.stats();
  }

  @Override
  public void close() {
    device.close();
  }

  private final class Queue implements DeviceQueue {
    private final DeviceQueue queue;
    private final Map<Long, long[]> reads = new HashMap<>();

    Queue(DeviceQueue queue) {
      this.queue = queue;
    }

    @Override
    public int depth() {
      return queue.depth();
    }

    @Override
    public int inFlight() {
      return queue.inFlight();
    }

    @Override
    public boolean read(long deviceOffset, long address, int bytes, long token) {
      boolean taken = queue.read(deviceOffset, address, bytes, token);
      if (taken) {
        reads.put(token, new long[] {deviceOffset, address});
      }
      return taken;
    }

    @Override
    public boolean write(long deviceOffset, long address, int bytes, long token) {
      beforeWrite(queue, deviceOffset, address, bytes);
      return queue.write(deviceOffset, address, bytes, token);
    }

    @Override
    public int submit() {
      return queue.submit();
    }

    @Override
    public int poll(CompletionSink sink, int limit) {
      return queue.poll(filtered(sink), limit);
    }

    @Override
    public int await(CompletionSink sink, int limit, long timeoutNanos) {
      return queue.await(filtered(sink), limit, timeoutNanos);
    }

    private CompletionSink filtered(CompletionSink sink) {
      return new CompletionSink() {
        @Override
        public void onCompletion(long token, int bytes) {
          long[] read = reads.remove(token);
          if (read != null) {
            afterRead(read[0], read[1], bytes);
          }
          sink.onCompletion(token, bytes);
        }

        @Override
        public void onFailure(long token, DeviceException cause) {
          reads.remove(token);
          sink.onFailure(token, cause);
        }
      };
    }

    @Override
    public boolean registerBuffer(long address, long bytes) {
      return queue.registerBuffer(address, bytes);
    }

    @Override
    public void close() {
      queue.close();
    }
  }
}
