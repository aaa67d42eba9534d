package dev.peregrine.bench;

import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.DeviceStats;
import dev.peregrine.device.QueueMode;
import dev.peregrine.memory.Memory;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A device that does one thing wrong now and then, and says that all is well. */
final class BrokenDevice implements Device {
  /** What it does wrong. */
  enum Fault {
    /** One bit of what was read is turned. */
    TURNED_BIT,
    /** Another sector is read than was asked for. */
    WRONG_SECTOR,
    /** What was to be written is not. */
    LOST_WRITE
  }

  private static final int READS_PER_FAULT = 20;
  private static final int WRITES_PER_FAULT = 3;

  private final Device device;
  private final Fault fault;
  private final AtomicInteger operations = new AtomicInteger();
  private final AtomicInteger faults = new AtomicInteger();

  BrokenDevice(Device device, Fault fault) {
    this.device = device;
    this.fault = fault;
  }

  /** How often it has done it. */
  int faults() {
    return faults.get();
  }

  private boolean isTime(int share) {
    if (operations.incrementAndGet() % share != 0) {
      return false;
    }
    faults.incrementAndGet();
    return true;
  }

  @Override
  public DeviceQueue openQueue(int depth, QueueMode mode) {
    return new BrokenQueue(device.openQueue(depth, mode));
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
  public String describe() {
    return "broken by " + fault + ": " + device.describe();
  }

  @Override
  public DeviceStats stats() {
    return device.stats();
  }

  @Override
  public void close() {
    device.close();
  }

  private final class BrokenQueue implements DeviceQueue {
    private final DeviceQueue queue;
    private final Map<Long, Long> addresses = new HashMap<>();

    BrokenQueue(DeviceQueue queue) {
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
      long offset = deviceOffset;
      if (fault == Fault.WRONG_SECTOR && offset >= sectorBytes() && isTime(READS_PER_FAULT)) {
        offset -= sectorBytes();
      }
      addresses.put(token, address);
      return queue.read(offset, address, bytes, token);
    }

    @Override
    public boolean write(long deviceOffset, long address, int bytes, long token) {
      if (fault == Fault.LOST_WRITE && isTime(WRITES_PER_FAULT)) {
        Memory.zero(address, bytes);
      }
      return queue.write(deviceOffset, address, bytes, token);
    }

    @Override
    public int submit() {
      return queue.submit();
    }

    @Override
    public int poll(CompletionSink sink, int limit) {
      return queue.poll(broken(sink), limit);
    }

    @Override
    public int await(CompletionSink sink, int limit, long timeoutNanos) {
      return queue.await(broken(sink), limit, timeoutNanos);
    }

    private CompletionSink broken(CompletionSink sink) {
      return new CompletionSink() {
        @Override
        public void onCompletion(long token, int bytes) {
          Long address = addresses.remove(token);
          if (fault == Fault.TURNED_BIT && address != null && isTime(READS_PER_FAULT)) {
            for (int at = 0; at < bytes; at += Long.BYTES * 4) {
              Memory.putByte(address + at, (byte) (Memory.getByte(address + at) ^ 1));
            }
          }
          sink.onCompletion(token, bytes);
        }

        @Override
        public void onFailure(long token, DeviceException cause) {
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
