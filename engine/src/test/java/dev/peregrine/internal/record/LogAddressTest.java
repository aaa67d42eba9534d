package dev.peregrine.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LogAddressTest {
  @Test
  void shouldHave48BitsWhenMasked() {
    assertEquals(48, LogAddress.BITS);
    assertEquals(0xFFFF_FFFF_FFFFL, LogAddress.MASK);
  }

  @Test
  void shouldLeaveNoneUnusedWhenTheLogBegins() {
    assertEquals(0, LogAddress.NONE);
    assertTrue(LogAddress.FIRST > LogAddress.NONE);
    assertEquals(0, LogAddress.FIRST % Long.BYTES);
  }
}
