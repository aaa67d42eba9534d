package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.peregrine.device.Device;
import dev.peregrine.internal.hlog.SteppedDriver;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A log whose worker is run by those who wait for it. */
class SteppedDriverTest {
  private static final int KEYS = 4000;

  @ParameterizedTest
  @EnumSource(TestDevice.class)
  void shouldWritePagesOnWhicheverThreadRunsTheWorker(TestDevice kind, @TempDir Path directory)
      throws InterruptedException {
    assumeTrue(kind.isAvailable());
    Device device = kind.open(directory, 1);
    StoreConfig config = TestStores.tiny(StoreKind.LONG_TO_LONG, 1, 8, 8, device.sectorBytes());
    try (Store store = TestStores.open(config, device, new SteppedDriver(), TestStores.ALL_BITS);
        Session session = store.newSession()) {
      upsert(session, 0);
      long flushed = store.stats().flushedUntilAddress();
      Threads.run(1, thread -> upsert(session, KEYS));
      assertTrue(flushed > TestStores.PAGE_BYTES, "the first thread wrote nothing");
      assertTrue(store.stats().flushedUntilAddress() > flushed, "the other thread wrote nothing");
      for (int key = 0; key < 2 * KEYS; key++) {
        assertEquals(Status.FOUND, session.await(session.read(key)));
        assertEquals(key, session.longValue());
      }
    }
  }

  private static void upsert(Session session, int from) {
    for (int key = from; key < from + KEYS; key++) {
      session.upsert(key, key);
    }
  }
}
