package dev.peregrine.device;

import dev.peregrine.device.segment.SegmentedQueue;
import dev.peregrine.memory.Memory;
import dev.peregrine.posix.Errno;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A queue of a {@link SimulatedDevice}: carries requests out when their time has come, in an order
 * that the seed decides. Its clock counts polls; an await on nothing due lets it jump ahead.
 *
 * <p>One thread uses it at a time; what it shares with other queues it touches under the machine's
 * monitor. It calls sinks outside of it.
 */
final class SimulatedQueue extends SegmentedQueue {
  private final SimulatedMachine machine;
  private final SimulatedSegments segments;
  private final List<Integer> staged = new ArrayList<>();

  /** In the order of their starts. */
  private final List<SimulatedRequest> started = new ArrayList<>();

  private long now;

  SimulatedQueue(
      SimulatedDevice device,
      SimulatedMachine machine,
      SimulatedSegments segments,
      int depth,
      QueueMode mode) {
    super(device, depth, mode);
    this.segments = segments;
    this.machine = machine;
  }

  @Override
  protected void stage(int slot) {
    staged.add(slot);
  }

  @Override
  protected int start() {
    synchronized (machine) {
      for (int slot : staged) {
        long delay = machine.faults().delay();
        if (delay > 0) {
          machine.faults().countDelayed();
        }
        // Due at once means: at the poll that comes next.
        SimulatedRequest request =
            new SimulatedRequest(
                slot,
                SimulatedSegments.bytesOf(table().segment(slot)),
                table().deviceOffset(slot),
                dataOf(slot),
                now + 1 + delay);
        started.add(request);
        machine.started(request);
      }
      int count = staged.size();
      staged.clear();
      return count;
    }
  }

  @Override
  protected int collect(CompletionSink sink, int limit, long timeoutNanos) {
    start();
    synchronized (machine) {
      now++;
      carryOutDue();
      while (timeoutNanos > 0 && !started.isEmpty() && !table().isAnyReady()) {
        now = Math.max(now + 1, earliestDue());
        carryOutDue();
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

  private long earliestDue() {
    long earliest = Long.MAX_VALUE;
    for (SimulatedRequest request : started) {
      earliest = Math.min(earliest, request.due());
    }
    return earliest;
  }

  /** Takes one step of each request that is due, in any order. */
  private void carryOutDue() {
    List<SimulatedRequest> due = new ArrayList<>();
    for (SimulatedRequest request : started) {
      if (request.due() <= now) {
        due.add(request);
      }
    }
    while (!due.isEmpty()) {
      SimulatedRequest request = due.remove(machine.faults().nextOf(due.size()));
      if (isFinished(request)) {
        removeStarted(request);
        machine.finished(request);
        ready(request.slot());
      } else {
        request.postponeTo(now + 1 + machine.faults().delay());
      }
    }
  }

  /** Takes a request out, and counts those before it that it overtakes. */
  private void removeStarted(SimulatedRequest finished) {
    for (Iterator<SimulatedRequest> requests = started.iterator(); requests.hasNext(); ) {
      SimulatedRequest request = requests.next();
      if (request == finished) {
        requests.remove();
        return;
      }
      if (request.isOvertaken()) {
        machine.faults().countReordered();
      }
    }
  }

  /** Takes a request's next step; false if it stopped short and is to be continued. */
  private boolean isFinished(SimulatedRequest request) {
    int slot = request.slot();
    // Power that goes off before a step leaves the write in flight: any part of it may land.
    if (machine.isOff() || request.isWrite() && !machine.passes()) {
      fail(slot, failure(slot, Errno.EIO, SimulatedMachine.POWER_IS_OFF));
      return true;
    }
    FaultInjector faults = machine.faults();
    int sectors = sectorsLeft(request);
    if (request.begins() && faults.failsRequest(request.isWrite())) {
      transfer(request, faults.sectorsBeforeFailure(sectors));
      table().setErrno(slot, Errno.EIO);
      return true;
    }
    int step = faults.sectorsInStep(sectors);
    transfer(request, step);
    table().setDone(slot, request.doneBytes());
    return step == sectors;
  }

  /** What is left of a request, or of the device if a read goes past its end. */
  private int sectorsLeft(SimulatedRequest request) {
    long left = table().bytes(request.slot()) - request.doneBytes();
    if (!request.isWrite()) {
      left = Math.clamp(segments.writtenEnd() - request.nextOffset(), 0, left);
    }
    return (int) (left / SimulatedSegment.SECTOR_BYTES);
  }

  private void transfer(SimulatedRequest request, int sectors) {
    int bytes = sectors * SimulatedSegment.SECTOR_BYTES;
    if (request.isWrite()) {
      request.land(bytes);
      segments.extendWritten(request.nextOffset() + bytes);
    } else {
      request.read(table().address(request.slot()) + request.doneBytes(), bytes);
    }
    request.advance(bytes);
  }
}
