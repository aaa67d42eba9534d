package dev.peregrine.internal.hlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.peregrine.memory.Memory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageFramesTest {
  private static final int PAGE_BITS = 12;
  private static final long PAGE = 1L << PAGE_BITS;

  /** A ring of a power of two is zeroed, another one gives its memory back. */
  @ParameterizedTest
  @CsvSource({"4,false", "5,false", "8,true", "13,false", "13,true", "700,false", "700,true"})
  void shouldBeZeroWhenRecycled(long frameCount, boolean preTouched) {
    PageFrames frames = new PageFrames(PAGE_BITS, frameCount, preTouched, 0);
    try {
      assertEquals(frameCount, frames.frameCount());
      for (long page = 0; page < 3 * frameCount; page++) {
        long physical = frames.physical(page << PAGE_BITS);
        for (long offset = 0; offset < PAGE; offset += Long.BYTES) {
          assertEquals(0, Memory.getLong(physical + offset), "page " + page);
          Memory.putLong(physical + offset, ~page);
        }
        if (page + 1 >= frameCount) {
          long oldest = page + 1 - frameCount;
          assertEquals(~oldest, Memory.getLong(frames.physical(oldest << PAGE_BITS)));
          frames.recycle(oldest);
        }
      }
    } finally {
      frames.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"4,true", "5,false", "8,false", "13,true"})
  void shouldHaveAPlaceForEachWhenPagesAreInMemoryTogether(long frameCount, boolean preTouched) {
    PageFrames frames = new PageFrames(PAGE_BITS, frameCount, preTouched, 0);
    try {
      for (long first = 0; first < 40; first++) {
        for (long other = first + 1; other < first + frameCount; other++) {
          assertNotEquals(frames.physical(first << PAGE_BITS), frames.physical(other << PAGE_BITS));
        }
        long start = frames.physical(first << PAGE_BITS);
        assertEquals(start + 100, frames.physical((first << PAGE_BITS) + 100));
        assertEquals(0, start % PAGE);
      }
    } finally {
      frames.close();
    }
  }
}
