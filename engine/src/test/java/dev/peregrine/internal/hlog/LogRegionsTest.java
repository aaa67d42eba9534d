package dev.peregrine.internal.hlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.internal.hlog.LogRegions.Marker;
import org.junit.jupiter.api.Test;

class LogRegionsTest {
  private final LogRegions regions = new LogRegions(64);

  @Test
  void shouldBeginTogetherWhenNew() {
    for (Marker marker : Marker.values()) {
      assertEquals(64, regions.getAcquire(marker));
    }
  }

  @Test
  void shouldMoveOneMarkerWhenAdvanced() {
    for (Marker marker : Marker.values()) {
      regions.advanceRelease(marker, 4096L * (marker.ordinal() + 1));
    }
    for (Marker marker : Marker.values()) {
      assertEquals(4096L * (marker.ordinal() + 1), regions.getAcquire(marker));
    }
    assertEquals(regions.getAcquire(Marker.BEGIN), regions.beginAcquire());
    assertEquals(regions.getAcquire(Marker.HEAD), regions.headAcquire());
    assertEquals(regions.getAcquire(Marker.READ_ONLY), regions.readOnlyAcquire());
    assertEquals(regions.getAcquire(Marker.SAFE_READ_ONLY), regions.safeReadOnlyAcquire());
  }

  @Test
  void shouldRefuseWhenAMarkerWouldMoveBack() {
    for (Marker marker : Marker.values()) {
      regions.advanceRelease(marker, 4096);
      regions.advanceRelease(marker, 4096);
      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> regions.advanceRelease(marker, 4095));
      assertTrue(e.getMessage().contains(marker.name()), e.getMessage());
      assertEquals(4096, regions.getAcquire(marker));
    }
  }
}
