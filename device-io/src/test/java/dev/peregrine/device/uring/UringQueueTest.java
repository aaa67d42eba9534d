package dev.peregrine.device.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.DeviceOptions;
import dev.peregrine.device.Devices;
import dev.peregrine.device.QueueMode;
import dev.peregrine.memory.NativeRegion;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UringQueueTest {
  private static final int PAGE = 4096;

  @TempDir private Path directory;
  private Device device;
  private UringQueue queue;
  private NativeRegion buffer;
  private int completed;

  private final CompletionSink sink =
      new CompletionSink() {
        @Override
        public void onCompletion(long token, int bytes) {
          assertEquals(PAGE, bytes);
          completed++;
        }

        @Override
        public void onFailure(long token, DeviceException cause) {
          throw cause;
        }
      };

  @BeforeEach
  void open() {
    device =
        Devices.open(
            DeviceOptions.builder()
                .directory(directory)
                .kind(DeviceKind.URING)
                .segmentBytes(1 << 20)
                .build());
    device.ensureCapacity(1);
    queue = (UringQueue) device.openQueue(4, QueueMode.SINGLE_THREAD);
    buffer = NativeRegion.reserve(4 * PAGE);
  }

  @AfterEach
  void close() {
    queue.close();
    device.close();
    buffer.close();
  }

  private void writeOnce() {
    int before = completed;
    assertTrue(queue.write(0, buffer.address(), PAGE, 0));
    while (queue.inFlight() > 0) {
      queue.await(sink, 4, 1_000_000_000L);
    }
    assertEquals(before + 1, completed);
  }

  @Test
  void shouldRefuseACompletionWhenItBelongsToNoRequest() {
    writeOnce();
    for (long userData :
        new long[] {UserData.of(0, 0), UserData.of(7, 1), UserData.of(0, 4), UserData.of(0, -1)}) {
      queue.ring().submissions().push(UringAbi.OP_NOP, 0, 0, 0, 0, 0, 0, userData);
      queue.submit();
      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> pollUntilDelivered());
      assertTrue(e.getMessage().contains("belongs to no request"), e.getMessage());
      writeOnce();
    }
  }

  private void pollUntilDelivered() {
    long deadline = System.nanoTime() + 5_000_000_000L;
    while (queue.poll(sink, 4) == 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
  }

  @Test
  void shouldPinBuffersWhenAllowed() {
    assertTrue(queue.registerBuffer(buffer.address(), 2 * PAGE));
    assertTrue(queue.registerBuffer(buffer.address() + 2 * PAGE, PAGE));
    writeOnce();
  }

  @Test
  void shouldGoOnWithoutWhenABufferCannotBePinned() {
    assertFalse(queue.registerBuffer(buffer.address(), 1L << 40));
    // Memory that is not mapped.
    assertFalse(queue.registerBuffer(1L << 46, PAGE));
    assertThrows(IllegalArgumentException.class, () -> queue.registerBuffer(0, PAGE));
    writeOnce();
    assertTrue(queue.registerBuffer(buffer.address(), PAGE));
    writeOnce();
  }
}
