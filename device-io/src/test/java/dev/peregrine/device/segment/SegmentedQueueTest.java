package dev.peregrine.device.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.QueueMode;
import dev.peregrine.memory.NativeRegion;
import dev.peregrine.posix.Errno;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Injects the answers of the system into a queue and a segment, and counts that they were used. */
final class SegmentedQueueTest {
  private static final long SEGMENT_BYTES = 1 << 20;
  private static final int PAGE = 4096;

  private final Deque<Integer> answers = new ArrayDeque<>();
  private final List<String> steps = new ArrayList<>();
  private final List<String> outcomes = new ArrayList<>();
  private boolean failSync;
  private DeviceException lastFailure;
  private ScriptedDevice device;
  private DeviceQueue queue;
  private NativeRegion buffer;

  @BeforeEach
  void open() {
    device = new ScriptedDevice();
    device.ensureCapacity(SEGMENT_BYTES);
    queue = device.openQueue(4, QueueMode.SINGLE_THREAD);
    buffer = NativeRegion.reserve(16 * PAGE);
  }

  @AfterEach
  void close() {
    queue.close();
    device.close();
    buffer.close();
    assertTrue(answers.isEmpty(), "never reached: " + answers);
  }

  private void answer(Integer... results) {
    answers.addAll(Arrays.asList(results));
  }

  private void run(boolean write, int bytes) {
    if (write) {
      queue.write(PAGE, buffer.address(), bytes, 1);
    } else {
      queue.read(PAGE, buffer.address(), bytes, 1);
    }
    assertEquals(1, queue.poll(new Recorder(), 4));
  }

  @Test
  void shouldContinueWhenATransferIsShort() {
    answer(PAGE, 512, 3 * PAGE - 512);
    run(false, 4 * PAGE);
    assertEquals(List.of("0+16384", "4096+12288", "4608+11776"), steps);
    assertEquals(List.of("1: 16384"), outcomes);
  }

  @Test
  void shouldTryAgainWhenInterrupted() {
    answer(-Errno.EINTR, PAGE, -Errno.EAGAIN, -Errno.ECANCELED, PAGE);
    run(true, 2 * PAGE);
    assertEquals(List.of("1: 8192"), outcomes);
  }

  @Test
  void shouldFailWhenInterruptedForEver() {
    for (int i = 0; i <= TransferProgress.MAX_RETRIES; i++) {
      answer(-Errno.EAGAIN);
    }
    run(false, PAGE);
    assertEquals(Errno.EAGAIN, lastFailure.errno());
  }

  @Test
  void shouldCompleteShortWhenAReadMeetsTheEnd() {
    answer(PAGE, 0);
    run(false, 2 * PAGE);
    answer(PAGE + 100);
    run(false, 2 * PAGE);
    answer(0);
    run(false, 2 * PAGE);
    assertEquals(List.of("1: 4096", "1: 4196", "1: 0"), outcomes);
  }

  @Test
  void shouldGoBackToTheSectorWhenAWriteEndsInside() {
    answer(PAGE + 100, PAGE);
    run(true, 2 * PAGE);
    assertEquals(List.of("0+8192", "4096+4096"), steps);
    assertEquals(List.of("1: 8192"), outcomes);
  }

  @Test
  void shouldFailWhenAWriteMakesNoProgress() {
    answer(0);
    run(true, PAGE);
    assertEquals(Errno.EIO, lastFailure.errno());
  }

  @Test
  void shouldFailWhenMoreIsTransferredThanAskedFor() {
    answer(2 * PAGE);
    run(false, PAGE);
    assertEquals(Errno.EIO, lastFailure.errno());
  }

  @Test
  void shouldNameEverythingWhenARequestFails() {
    answer(-Errno.EIO);
    run(false, PAGE);
    assertEquals("read", lastFailure.operation());
    assertEquals("piece 0", lastFailure.path());
    assertEquals(PAGE, lastFailure.offset());
    assertEquals(Errno.EIO, lastFailure.errno());
    assertEquals(1, device.stats().failures());
    // A failed read says nothing about what was written.
    answer(PAGE);
    run(true, PAGE);
    device.sync();
  }

  @Test
  void shouldRefuseWritesAndSyncsForGoodWhenAWriteFailed() {
    answer(-Errno.ENOSPC);
    run(true, PAGE);
    DeviceException root = lastFailure;
    assertEquals(Errno.ENOSPC, root.errno());
    DeviceException write =
        assertThrows(DeviceException.class, () -> queue.write(0, buffer.address(), PAGE, 2));
    assertSame(root, write.getCause());
    assertEquals(Errno.ENOSPC, write.errno());
    assertSame(root, assertThrows(DeviceException.class, device::sync).getCause());
    answer(PAGE);
    run(false, PAGE);
    assertEquals("1: 4096", outcomes.getLast());
    assertEquals(0, queue.inFlight());
  }

  @Test
  void shouldNotSucceedLaterWhenASyncFailedOnce() {
    answer(PAGE);
    run(true, PAGE);
    failSync = true;
    DeviceException root = assertThrows(DeviceException.class, device::sync);
    assertNull(root.getCause());
    failSync = false;
    assertSame(root, assertThrows(DeviceException.class, device::sync).getCause());
    assertThrows(DeviceException.class, () -> queue.write(0, buffer.address(), PAGE, 2));
    assertEquals(0, device.stats().syncs());
  }

  @Test
  void shouldRefuseWhenUsedByAnotherThread() throws InterruptedException {
    Throwable[] thrown = new Throwable[1];
    Thread other =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    queue.submit();
                  } catch (IllegalStateException e) {
                    thrown[0] = e;
                  }
                });
    other.join();
    assertTrue(thrown[0].getMessage().contains("belongs to"), thrown[0].getMessage());
  }

  @Test
  void shouldRefuseWhenASinkPollsOrCloses() {
    answer(PAGE);
    queue.write(0, buffer.address(), PAGE, 1);
    CompletionSink greedy =
        new CompletionSink() {
          @Override
          public void onCompletion(long token, int bytes) {
            assertThrows(IllegalStateException.class, () -> queue.poll(this, 1));
            assertThrows(IllegalStateException.class, queue::close);
            outcomes.add("refused");
          }

          @Override
          public void onFailure(long token, DeviceException cause) {
            throw cause;
          }
        };
    assertEquals(1, queue.poll(greedy, 1));
    assertEquals(List.of("refused"), outcomes);
  }

  @Test
  void shouldStayUsableWhenASinkThrows() {
    answer(PAGE, PAGE);
    queue.write(0, buffer.address(), PAGE, 1);
    queue.write(PAGE, buffer.address(), PAGE, 2);
    CompletionSink broken =
        new CompletionSink() {
          @Override
          public void onCompletion(long token, int bytes) {
            throw new ArithmeticException("sink");
          }

          @Override
          public void onFailure(long token, DeviceException cause) {}
        };
    assertThrows(ArithmeticException.class, () -> queue.poll(broken, 4));
    assertEquals(1, queue.inFlight());
    assertEquals(1, queue.poll(new Recorder(), 4));
    assertEquals(List.of("2: 4096"), outcomes);
  }

  private final class Recorder implements CompletionSink {
    @Override
    public void onCompletion(long token, int bytes) {
      outcomes.add(token + ": " + bytes);
    }

    @Override
    public void onFailure(long token, DeviceException cause) {
      lastFailure = cause;
      outcomes.add(token + ": " + cause.errno());
    }
  }

  private final class ScriptedDevice extends SegmentedDevice {
    ScriptedDevice() {
      super(new Pieces(), 512, "scripted", new Poison());
    }

    @Override
    protected SegmentedQueue createQueue(int depth, QueueMode mode) {
      return new ScriptedQueue(this, depth, mode);
    }

    @Override
    public String describe() {
      return "scripted";
    }
  }

  private final class ScriptedQueue extends SegmentedQueue {
    private final Deque<Integer> staged = new ArrayDeque<>();

    ScriptedQueue(SegmentedDevice device, int depth, QueueMode mode) {
      super(device, depth, mode);
    }

    @Override
    protected void stage(int slot) {
      staged.add(slot);
    }

    @Override
    protected int start() {
      int count = staged.size();
      while (!staged.isEmpty()) {
        int slot = staged.remove();
        do {
          int done = table().done(slot);
          steps.add(done + "+" + (table().bytes(slot) - done));
        } while (!TransferProgress.isFinished(table(), slot, answers.remove(), 512));
        ready(slot);
      }
      return count;
    }

    @Override
    protected int collect(CompletionSink sink, int limit, long timeoutNanos) {
      start();
      return deliverReady(sink, limit);
    }

    @Override
    protected void release() {}
  }

  private final class Pieces extends SegmentTable {
    Pieces() {
      super(SEGMENT_BYTES);
    }

    @Override
    protected Segment create(long number) {
      return new Segment(number) {
        @Override
        public String path() {
          return "piece " + number();
        }

        @Override
        protected void sync() {
          if (failSync) {
            throw new DeviceException("sync", path(), -1, Errno.EIO, "injected");
          }
        }

        @Override
        protected void dispose() {}
      };
    }

    @Override
    protected void publishCreated() {}

    @Override
    protected void remove(Segment[] segments) {}
  }
}
