package dev.peregrine.device.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.QueueMode;
import dev.peregrine.memory.NativeRegion;
import dev.peregrine.posix.Errno;
import dev.peregrine.posix.ErrnoException;
import org.junit.jupiter.api.Test;

final class RingTest {
  @Test
  void shouldPassTheProbeWhenTheKernelAllows() {
    assertNull(UringProbe.unavailabilityCause());
  }

  @Test
  void shouldSayWhatToInstallWhenTheLibraryIsMissing() {
    LibUring.Loaded loaded = LibUring.load("liburing-absent.so.7");
    assertNull(loaded.symbols());
    assertEquals(
        "liburing-absent.so.7 not found: install liburing (the Debian package is liburing2)",
        loaded.cause());
    assertTrue(LibUring.load("libc.so.6").cause().contains("too old"));
    assertTrue(LibUring.load("./liburing.so.2").cause().contains("no absolute path"));
    assertNotNull(LibUring.load(LibUring.DEFAULT_NAME).symbols());
  }

  @Test
  void shouldNameTheCulpritWhenTheKernelRefuses() {
    assertTrue(UringProbe.causeOf(Errno.EPERM).contains("io_uring_disabled"));
    assertTrue(UringProbe.causeOf(Errno.ENOSYS).contains("too old"));
    assertTrue(UringProbe.causeOf(Errno.ENOMEM).contains("ulimit -l"));
  }

  @Test
  void shouldLetOneThreadSubmitOnlyWhenTheModeSaysSo() throws ErrnoException {
    try (Ring ring = Ring.open(4, QueueMode.MOVABLE)) {
      assertFalse(ring.hasSetupFlag(UringAbi.SETUP_SINGLE_ISSUER));
    }
    try (Ring ring = Ring.open(4, QueueMode.SINGLE_THREAD)) {
      assertEquals(
          ring.hasSetupFlag(UringAbi.SETUP_SINGLE_ISSUER),
          ring.hasSetupFlag(UringAbi.SETUP_DEFER_TASKRUN));
    }
  }

  @Test
  void shouldCompleteInOrderOfTheWordsWhenNothingIsAsked() throws ErrnoException {
    for (QueueMode mode : QueueMode.values()) {
      try (Ring ring = Ring.open(8, mode)) {
        // More rounds than entries, so that both queues wrap.
        for (int round = 0; round < 50; round++) {
          for (int i = 0; i < 8; i++) {
            ring.submissions().push(UringAbi.OP_NOP, 0, 0, 0, 0, 0, 0, UserData.of(round, i));
          }
          assertEquals(8, ring.submissions().pending());
          assertThrows(
              IllegalStateException.class,
              () -> ring.submissions().push(UringAbi.OP_NOP, 0, 0, 0, 0, 0, 0, 0));
          assertEquals(8, ring.submitAndWait(8, 1_000_000_000L));
          for (int i = 0; i < 8; i++) {
            assertTrue(ring.completions().hasNext());
            assertEquals(UserData.of(round, i), ring.completions().userData());
            assertEquals(0, ring.completions().result());
            ring.completions().advance();
          }
          assertFalse(ring.completions().hasNext());
          ring.completions().release();
        }
      }
    }
  }

  @Test
  void shouldGiveUpWhenTheTimeIsUp() throws ErrnoException {
    try (Ring ring = Ring.open(1, QueueMode.SINGLE_THREAD)) {
      assertEquals(-Errno.ETIME, ring.submitAndWait(0, 1_000_000L));
    }
  }

  @Test
  void shouldLeaveNoMemoryBehindWhenClosed() throws ErrnoException {
    long before = NativeRegion.liveBytes();
    Ring ring = Ring.open(64, QueueMode.SINGLE_THREAD);
    assertTrue(NativeRegion.liveBytes() > before);
    ring.close();
    ring.close();
    assertEquals(before, NativeRegion.liveBytes());
  }
}
