package dev.peregrine.device;

import dev.peregrine.device.segment.Poison;
import dev.peregrine.device.segment.Segment;
import dev.peregrine.device.segment.SegmentTable;
import dev.peregrine.device.segment.SegmentedDevice;
import dev.peregrine.device.segment.SegmentedQueue;
import dev.peregrine.memory.Memory;
import dev.peregrine.posix.Errno;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A device in memory for tests of crashes and faults: the same calls and the same seed give the
 * same bytes, the same order of completions and the same faults, as long as one thread at a time
 * calls.
 *
 * <p>It keeps two images: what is durable, and what reads see. {@link #sync()} makes durable what
 * was delivered before; {@link #crash()} gives the device that a power cut leaves, with any subset
 * of the 512-byte sectors that were not synced, of writes still in flight too. Creating and
 * truncating segments is durable at once. Time passes by polls; {@link DeviceQueue#await} lets it
 * pass until something completes.
 *
 * <p>Any thread may call any method, queues as for all devices.
 */
@SuppressWarnings("exports") // the base class is not for users
public final class SimulatedDevice extends SegmentedDevice {
  private static final String PATH = "simulated";

  private final State state;

  private SimulatedDevice(Segments segments, State state) {
    super(segments, SimulatedDisk.SECTOR_BYTES, PATH, new Poison());
    this.state = state;
  }

  /**
   * An empty device.
   *
   * @param segmentBytes length of a segment: a power of two, 4 KiB to 1 TiB
   * @param seed decides order, delays, faults and what a crash leaves
   * @param plan the faults
   */
  public static SimulatedDevice create(long segmentBytes, long seed, FaultPlan plan) {
    return of(segmentBytes, 0, 0, new State(new SimulatedDisk(), seed, plan));
  }

  private static SimulatedDevice of(long segmentBytes, long first, long end, State state) {
    return new SimulatedDevice(new Segments(segmentBytes, first, end, state), state);
  }

  /**
   * Cuts the power: this device fails every request from now on.
   *
   * @return the device that comes up afterwards, without faults
   */
  public SimulatedDevice crash() {
    return crash(FaultPlan.NONE);
  }

  /**
   * Cuts the power: this device fails every request from now on.
   *
   * @param plan the faults of the device that comes up afterwards
   * @return that device
   */
  public SimulatedDevice crash(FaultPlan plan) {
    synchronized (state) {
      state.requirePower();
      state.crashed = true;
      state.landInFlight();
      State next =
          new State(
              state.disk.crash(state.random, state.plan.tearsSectors()),
              state.random.nextLong(),
              plan);
      long bytes = segmentBytes();
      return of(bytes, beginOffset() / bytes, endOffset() / bytes, next);
    }
  }

  /** The faults so far. */
  public FaultCounts faults() {
    synchronized (state) {
      return new FaultCounts(
          state.readErrors,
          state.writeErrors,
          state.syncErrors,
          state.shortTransfers,
          state.noSpace,
          state.delayed,
          state.reordered);
    }
  }

  @Override
  public String describe() {
    return PATH + " device, seed " + state.seed + ", " + state.plan;
  }

  @Override
  protected SegmentedQueue createQueue(int depth, QueueMode mode) {
    return new DelayingQueue(depth, mode);
  }

  /** What the segments and queues of one device share; guarded by itself. */
  private static final class State {
    private final SimulatedDisk disk;
    private final long seed;
    private final FaultPlan plan;
    private final SplittableRandom random;
    private final List<Request> inFlight = new ArrayList<>();
    private boolean crashed;
    private long reads;
    private long writes;
    private long syncs;
    private long readErrors;
    private long writeErrors;
    private long syncErrors;
    private long shortTransfers;
    private long noSpace;
    private long delayed;
    private long reordered;

    State(SimulatedDisk disk, long seed, FaultPlan plan) {
      this.disk = disk;
      this.seed = seed;
      this.plan = plan;
      this.random = new SplittableRandom(seed);
    }

    void requirePower() {
      if (crashed) {
        throw new IllegalStateException("the power of this simulated device is off");
      }
    }

    boolean failsRead() {
      boolean fails = ++reads == plan.failingRead() || chance(plan.readErrorRate());
      readErrors += fails ? 1 : 0;
      return fails;
    }

    boolean failsWrite() {
      boolean fails = ++writes == plan.failingWrite() || chance(plan.writeErrorRate());
      writeErrors += fails ? 1 : 0;
      return fails;
    }

    boolean failsSync() {
      boolean fails = ++syncs == plan.failingSync() || chance(plan.syncErrorRate());
      syncErrors += fails ? 1 : 0;
      return fails;
    }

    boolean stopsShort() {
      boolean stops = chance(plan.shortTransferRate());
      shortTransfers += stops ? 1 : 0;
      return stops;
    }

    /** A write whose completion nobody has seen may be on the medium, or a part of it. */
    void landInFlight() {
      for (Request request : inFlight) {
        if (request.data != null) {
          disk.write(request.deviceOffset, request.data, 0, request.data.length);
        }
      }
    }

    private boolean chance(double rate) {
      return rate > 0 && random.nextDouble() < rate;
    }
  }

  /** A request that has been started. */
  private static final class Request {
    private final int slot;
    private final long deviceOffset;

    /** What is written, as it was when the request was started; null for a read. */
    private final byte[] data;

    private long due;

    Request(int slot, long deviceOffset, byte[] data, long due) {
      this.slot = slot;
      this.deviceOffset = deviceOffset;
      this.data = data;
      this.due = due;
    }
  }

  private final class DelayingQueue extends SegmentedQueue {
    private final List<Integer> staged = new ArrayList<>();
    private final List<Request> started = new ArrayList<>();
    private long now;

    DelayingQueue(int depth, QueueMode mode) {
      super(SimulatedDevice.this, depth, mode);
    }

    @Override
    protected void stage(int slot) {
      staged.add(slot);
    }

    @Override
    protected int start() {
      synchronized (state) {
        int count = staged.size();
        for (int slot : staged) {
          Request request =
              new Request(slot, table().deviceOffset(slot), dataOf(slot), now + delay());
          started.add(request);
          state.inFlight.add(request);
        }
        staged.clear();
        return count;
      }
    }

    @Override
    protected int collect(CompletionSink sink, int limit, long timeoutNanos) {
      start();
      synchronized (state) {
        now++;
        complete();
        while (timeoutNanos > 0 && !started.isEmpty() && !table().isAnyReady()) {
          now++;
          complete();
        }
      }
      return deliverReady(sink, limit);
    }

    @Override
    protected void release() {}

    private byte[] dataOf(int slot) {
      if (!table().isWrite(slot)) {
        return null;
      }
      byte[] data = new byte[table().bytes(slot)];
      Memory.copyOut(table().address(slot), MemorySegment.ofArray(data), 0, data.length);
      return data;
    }

    private int delay() {
      int delay = state.plan.maxDelay() == 0 ? 0 : state.random.nextInt(state.plan.maxDelay() + 1);
      state.delayed += delay > 0 ? 1 : 0;
      return delay;
    }

    /** Carries out what is due, in any order. */
    private void complete() {
      List<Request> due = new ArrayList<>();
      for (Request request : started) {
        if (request.due <= now) {
          due.add(request);
        } else {
          state.reordered += due.isEmpty() ? 0 : 1;
        }
      }
      while (!due.isEmpty()) {
        int choice = state.plan.maxDelay() == 0 ? 0 : state.random.nextInt(due.size());
        state.reordered += choice > 0 ? 1 : 0;
        Request request = due.remove(choice);
        if (carryOut(request)) {
          started.remove(request);
          state.inFlight.remove(request);
          ready(request.slot);
        }
      }
    }

    /** Carries on with a request; false if it stopped short and is to be continued. */
    private boolean carryOut(Request request) {
      int slot = request.slot;
      int done = table().done(slot);
      int bytes = table().bytes(slot);
      boolean write = request.data != null;
      if (state.crashed) {
        table().setErrno(slot, Errno.EIO);
        return true;
      }
      int part = bytes - done;
      boolean fails = write ? state.failsWrite() : state.failsRead();
      boolean stops = part > SimulatedDisk.SECTOR_BYTES && (fails || state.stopsShort());
      if (stops) {
        part = state.random.nextInt(part / SimulatedDisk.SECTOR_BYTES) * SimulatedDisk.SECTOR_BYTES;
      }
      long at = request.deviceOffset + done;
      if (write) {
        state.disk.write(at, request.data, done, fails && !stops ? 0 : part);
      } else {
        part = (int) Math.clamp(state.disk.writtenEnd() - at, 0L, (long) part);
        state.disk.read(at, table().address(slot) + done, part);
      }
      if (fails) {
        table().setErrno(slot, Errno.EIO);
        return true;
      }
      table().setDone(slot, done + part);
      request.due = now + 1 + delay();
      return !stops;
    }
  }

  private static final class Segments extends SegmentTable {
    private final State state;

    Segments(long segmentBytes, long first, long end, State state) {
      super(segmentBytes);
      this.state = state;
      Segment[] existing = new Segment[(int) (end - first)];
      for (int i = 0; i < existing.length; i++) {
        existing[i] = new Piece(first + i, segmentBytes, state);
      }
      adopt(first, existing);
    }

    @Override
    protected Segment create(long number) {
      synchronized (state) {
        state.requirePower();
        if ((number + 1) * segmentBytes() - beginOffset() > state.plan.capacityBytes()) {
          state.noSpace++;
          throw new DeviceException(
              "create",
              PATH,
              number * segmentBytes(),
              Errno.ENOSPC,
              "the capacity is " + state.plan.capacityBytes() + " bytes");
        }
        return new Piece(number, segmentBytes(), state);
      }
    }

    @Override
    protected void publishCreated() {}

    @Override
    protected void remove(Segment[] segments) {
      synchronized (state) {
        state.disk.truncate(beginOffset());
      }
    }
  }

  private static final class Piece extends Segment {
    private final long from;
    private final long to;
    private final State state;

    Piece(long number, long segmentBytes, State state) {
      super(number);
      this.from = number * segmentBytes;
      this.to = from + segmentBytes;
      this.state = state;
    }

    @Override
    public String path() {
      return PATH;
    }

    @Override
    protected void sync() {
      synchronized (state) {
        state.requirePower();
        if (!state.disk.hasUnsynced(from, to)) {
          return;
        }
        if (state.failsSync()) {
          state.disk.failSync(from, to, state.random);
          throw new DeviceException("sync", PATH, from, Errno.EIO, Errno.words(Errno.EIO));
        }
        state.disk.sync(from, to);
      }
    }

    @Override
    protected void dispose() {}
  }
}
