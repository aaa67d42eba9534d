package dev.peregrine.internal.log;

import dev.peregrine.Severity;
import dev.peregrine.StoreIoException;
import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.QueueMode;
import dev.peregrine.device.Volume;
import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.memory.Checksum;
import dev.peregrine.memory.NativeRegion;
import java.util.List;

/**
 * Says, apart from the log, up to where it is durable, when nothing that is written behind the last
 * commit will say so: two {@linkplain MarkSlot slots} on a small device, written in turn, each
 * write synced. One of them is whole at each moment. A log of version 1 has none, and nothing
 * happens. One thread at a time.
 *
 * <p>A mark counts for the run that wrote it: who opens the log for another run puts in the anchor
 * what marks said before.
 */
public final class DurableMarks implements CompletionSink, AutoCloseable {
  private static final String DEVICE = "mark";
  private static final String FILE = DEVICE + ".000000000";
  private static final int SLOTS = 2;
  private static final int DEVICE_BYTES = SLOTS * MarkSlot.BYTES;
  private static final long WAIT_NANOS = 1_000_000_000L;

  private final PageIdentity identity;
  private final Device device;
  private NativeRegion slot;
  private Checksum checksum;
  private DeviceQueue queue;
  private int next;
  private DeviceException failure;

  private DurableMarks(PageIdentity identity, Device device) {
    this.identity = identity;
    this.device = device;
  }

  /**
   * Opens the marks of a log to write them; makes them if there are none, durably.
   *
   * @param anchor of the log, with the generation of the run that begins
   */
  static DurableMarks open(Volume volume, Anchor anchor) {
    if (!LogFormat.hasMarks(anchor.version())) {
      return new DurableMarks(anchor.identity(), null);
    }
    Device device = volume.openDevice(DEVICE, DEVICE_BYTES);
    try {
      device.ensureCapacity(DEVICE_BYTES);
      return new DurableMarks(anchor.identity(), device);
    } catch (RuntimeException | Error e) {
      device.close();
      throw e;
    }
  }

  /** Whether the log has marks. */
  boolean isKept() {
    return device != null;
  }

  /**
   * Notes, durably, that the log is.
   *
   * @param until a committed end of it
   * @param commit the number of the commit that ended there
   * @throws StoreIoException if the device fails
   */
  void write(long until, long commit) {
    if (slot == null) {
      slot = NativeRegion.reserve(MarkSlot.BYTES);
      checksum = new Checksum(slot.address(), slot.bytes());
      queue = device.openQueue(1, QueueMode.MOVABLE);
    }
    MarkSlot.seal(slot.address(), identity, until, commit, checksum);
    try {
      queue.write((long) next * MarkSlot.BYTES, slot.address(), MarkSlot.BYTES, 0);
      queue.submit();
      while (queue.inFlight() > 0) {
        queue.await(this, 1, WAIT_NANOS);
      }
      if (failure != null) {
        throw failure;
      }
      device.sync();
    } catch (DeviceException e) {
      throw new StoreIoException(
          Severity.WRITES, "the log's mark can't be written: " + e.getMessage(), e);
    }
    next = (next + 1) % SLOTS;
  }

  /**
   * Up to where the marks of a log say that it is durable.
   *
   * @param problems hears if they are gone
   * @return 0 if they say nothing about the anchor's run
   */
  static long find(Volume volume, Anchor anchor, List<String> problems) {
    PageIdentity identity = anchor.identity();
    if (!LogFormat.hasMarks(anchor.version())) {
      return 0;
    }
    if (!volume.exists(FILE)) {
      if (identity.generation() > 1) {
        problems.add(FILE + " is missing");
      }
      return 0;
    }
    try (Device device = volume.openDevice(DEVICE, DEVICE_BYTES);
        PageReads reads = new PageReads(device, DEVICE_BYTES)) {
      long at = reads.read(0, DEVICE_BYTES);
      long until = 0;
      int bad = 0;
      for (int i = 0; i < SLOTS; i++, at += MarkSlot.BYTES) {
        if (MarkSlot.isGood(at, identity, reads.checksum())) {
          if (MarkSlot.generation(at) == identity.generation()) {
            until = Math.max(until, MarkSlot.durableUntil(at));
          }
        } else if (!MarkSlot.isEmpty(at)) {
          bad++;
        }
      }
      if (bad == SLOTS) {
        problems.add(FILE + " has no good mark");
      }
      return until;
    }
  }

  @Override
  public void onCompletion(long token, int bytes) {}

  @Override
  public void onFailure(long token, DeviceException cause) {
    failure = cause;
  }

  @Override
  public void close() {
    if (queue != null) {
      queue.close();
      slot.close();
      queue = null;
    }
    if (device != null) {
      device.close();
    }
  }
}
