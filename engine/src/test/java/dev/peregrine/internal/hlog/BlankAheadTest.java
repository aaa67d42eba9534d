package dev.peregrine.internal.hlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.QueueMode;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BlankAheadTest implements CompletionSink {
  private static final int PAGE_BYTES = 16 << 10;
  private static final int PIECE_BYTES = 4 << 10;
  private static final int SEGMENT_BYTES = 128 << 10;
  private static final long HALF = (long) BlankAhead.REQUESTS / 2 * PIECE_BYTES;

  private SimulatedVolume volume;
  private Device device;
  private DeviceQueue queue;
  private BlankAhead blanks;
  private NativeRegion block;

  @BeforeEach
  void open() {
    volume = SimulatedVolume.create(1, FaultPlan.builder().maxDelay(3).build());
    device = volume.openDevice("log", SEGMENT_BYTES);
    device.ensureCapacity(SEGMENT_BYTES);
    queue = device.openQueue(BlankAhead.REQUESTS, QueueMode.MOVABLE);
    blanks = new BlankAhead(device, PAGE_BYTES);
    block = NativeRegion.reserve(SEGMENT_BYTES);
  }

  @AfterEach
  void close() {
    queue.close();
    blanks.close();
    device.close();
    volume.close();
    block.close();
  }

  @Override
  public void onCompletion(long token, int bytes) {
    if (token == BlankAhead.TOKEN) {
      assertEquals(PIECE_BYTES, bytes);
      blanks.onCompletion();
    }
  }

  @Override
  public void onFailure(long token, DeviceException cause) {
    throw cause;
  }

  private void finish() {
    while (queue.inFlight() > 0) {
      queue.await(this, BlankAhead.REQUESTS, 1_000_000);
    }
  }

  private long written() {
    return device.stats().bytesWritten();
  }

  /** Fills the segment with ones. */
  private void soil() {
    for (int at = 0; at < SEGMENT_BYTES; at += Long.BYTES) {
      Memory.putLong(block.address() + at, -1);
    }
    queue.write(0, block.address(), SEGMENT_BYTES, 0);
    finish();
  }

  /** Where zeros are; a run of them. */
  private void requireZeros(long from, long end) {
    queue.read(0, block.address(), SEGMENT_BYTES, 0);
    finish();
    for (int at = 0; at < SEGMENT_BYTES; at += Long.BYTES) {
      boolean isIn = at >= from && at < end;
      assertEquals(isIn ? 0 : -1, Memory.getLong(block.address() + at), "at " + at);
    }
  }

  @Test
  void shouldHoldUpOnlyWhatGoesThereWhenZerosAreOnTheirWay() {
    soil();
    blanks.fill(queue, PIECE_BYTES);
    assertTrue(blanks.isBusy());
    assertFalse(blanks.isInWayOf(PIECE_BYTES + HALF));
    assertTrue(blanks.isInWayOf(PIECE_BYTES + HALF + 1));
    finish();
    assertFalse(blanks.isBusy());
    assertFalse(blanks.isInWayOf(SEGMENT_BYTES));
    requireZeros(PIECE_BYTES + HALF, PIECE_BYTES + 3 * HALF);
  }

  @Test
  void shouldWriteNoMoreWhenThereAreEnough() {
    blanks.fill(queue, 0);
    finish();
    long before = written();
    blanks.fill(queue, 2 * HALF);
    assertEquals(before, written());
    assertFalse(blanks.isBusy());
    blanks.fill(queue, 2 * HALF + PIECE_BYTES);
    finish();
    assertEquals(before + 2 * HALF, written());
    blanks.fill(queue, 7 * HALF);
    finish();
    blanks.fill(queue, 7 * HALF + PIECE_BYTES);
    // Only up to the end of the segment.
    assertEquals(before + 2 * HALF, written());
  }

  @Test
  void shouldLeaveWhatIsWrittenAloneWhenTheLogHasOvertakenTheZeros() {
    blanks.fill(queue, 0);
    finish();
    soil();
    blanks.fill(queue, 3 * HALF + PIECE_BYTES);
    finish();
    requireZeros(4 * HALF + PIECE_BYTES, 6 * HALF + PIECE_BYTES);
  }

  @Test
  void shouldMakeNoSegmentWhenThereIsNoneYet() {
    blanks.fill(queue, SEGMENT_BYTES);
    assertFalse(blanks.isBusy());
    assertEquals(SEGMENT_BYTES, device.endOffset());
  }
}
