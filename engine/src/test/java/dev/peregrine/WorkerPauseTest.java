package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Sleepers;
import dev.peregrine.internal.pause.Sleepers.Sleeper;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The log's worker, or whoever runs an action of its, asleep between two steps of a page's end. */
@Timeout(180)
class WorkerPauseTest {
  private static final int FRAMES = 6;
  private static final int KEYS = 8000;
  private static final int BEFORE = 2000;
  private static final int READS = 3000;

  /** Nothing is frozen, written or evicted while somebody sleeps there, so writers must wait. */
  private static final Set<PausePoint> POINTS =
      EnumSet.of(
          PausePoint.READ_ONLY_MOVED,
          PausePoint.READ_ONLY_SEEN,
          PausePoint.CHUNK_SEALED,
          PausePoint.CHUNK_WRITTEN,
          PausePoint.HEAD_MOVED,
          PausePoint.HEAD_SEEN,
          PausePoint.FRAME_CLOSING,
          PausePoint.FRAME_ZEROED,
          PausePoint.EPOCH_BUMPED,
          PausePoint.ACTION_CLAIMED);

  static List<Arguments> points() {
    List<Arguments> all = new ArrayList<>();
    for (PausePoint point : POINTS) {
      all.add(Arguments.of(StoreKind.LONG_TO_LONG, point));
      all.add(Arguments.of(StoreKind.BYTES_TO_BYTES, point));
    }
    return all;
  }

  private static byte[] value(long key) {
    return KindFace.ofLong(key * 0x9E37_79B9_7F4A_7C15L);
  }

  private static void upsert(KindFace face, long from, long until) {
    for (long key = from; key < until; key++) {
      face.upsert(key, value(key));
    }
  }

  @ParameterizedTest
  @MethodSource("points")
  void shouldOverrunNothingWhenTheLogSleepsWhileOthersReadAndWrite(
      StoreKind kind, PausePoint point) {
    try (Store store = TestStores.tinyOn(TestDevice.MEMORY.open(null, 3), kind, 3, 4, FRAMES);
        Sleepers sleepers = new Sleepers()) {
      KindFace writer = new KindFace(kind, store.newSession());
      KindFace reader = new KindFace(kind, store.newSession());
      upsert(writer, 0, BEFORE);
      Sleeper log = sleepers.anybodyAt(point);
      long zeroed = sleepers.count(PausePoint.FRAME_ZEROED);
      Sleeper writing =
          sleepers.act(
              null,
              () -> {
                upsert(writer, BEFORE, KEYS);
                return null;
              });
      log.awaitAsleep();
      sleepers.awaitMore(PausePoint.SESSION_SUSPENDED, 3);
      SplittableRandom random = new SplittableRandom(point.ordinal());
      for (int i = 0; i < READS; i++) {
        long key = random.nextInt(BEFORE);
        assertArrayEquals(value(key), reader.get(key), "key " + key + " while it sleeps");
      }
      assertFalse(writing.isDone(), "memory was overrun");
      long most = FRAMES * (long) TestStores.PAGE_BYTES;
      StoreStats stats = store.stats();
      assertEquals(true, stats.tailAddress() <= stats.headAddress() + most, stats.toString());
      log.wake();
      writing.join();
      assertEquals(true, sleepers.count(PausePoint.FRAME_ZEROED) > zeroed);
      for (long key = 0; key < KEYS; key++) {
        assertArrayEquals(value(key), reader.get(key), "key " + key);
      }
    }
  }
}
