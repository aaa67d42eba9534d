package dev.peregrine.internal.hlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.Seeds;
import dev.peregrine.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TailAllocatorTest {
  private static final int PAGE_BITS = 12;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final int USABLE = PageImage.usableBytes(PAGE);
  private static final long FIRST = 64;

  private final AtomicLong freePages = new AtomicLong(Long.MAX_VALUE);
  private final List<Long> opened = new ArrayList<>();
  private final TailAllocator tail =
      new TailAllocator(
          PAGE_BITS,
          FIRST,
          new TailAllocator.FrameGate() {
            @Override
            public boolean isFree(long page) {
              return page < freePages.get();
            }

            @Override
            public void onOpened(long page) {
              synchronized (opened) {
                opened.add(page);
              }
            }
          });

  @Test
  void shouldFollowEachOtherWhenRecordsFitThePage() {
    assertEquals(FIRST, tail.tailAcquire());
    assertEquals(FIRST, tail.allocate(24));
    assertEquals(FIRST + 24, tail.allocate(8));
    assertEquals(FIRST + 32, tail.tailAcquire());
  }

  @Test
  void shouldFillThePageExactlyWhenTheLastRecordEndsThere() {
    assertEquals(FIRST, tail.allocate(USABLE - (int) FIRST));
    assertEquals(PAGE, tail.tailAcquire());
    assertEquals(PAGE, tail.allocate(USABLE));
    assertEquals(2 * PAGE, tail.tailAcquire());
    assertEquals(2 * PAGE, tail.allocate(8));
  }

  @Test
  void shouldGoToTheNextPageWhenARecordDoesNotFit() {
    assertEquals(FIRST, tail.allocate(PAGE / 2));
    assertEquals(PAGE, tail.allocate(PAGE / 2));
    assertEquals(List.of(1L), opened);
    assertEquals(PAGE + PAGE / 2, tail.tailAcquire());
  }

  @Test
  void shouldWaitWhenTheNextFrameIsNotFree() {
    freePages.set(1);
    tail.allocate(USABLE - (int) FIRST);
    for (int i = 0; i < 100_000; i++) {
      assertEquals(TailAllocator.WAIT, tail.allocate(USABLE));
      assertEquals(PAGE, tail.tailAcquire(), "the tail ran past its page");
    }
    assertEquals(List.of(), opened);
    freePages.set(2);
    assertEquals(PAGE, tail.allocate(16));
    assertEquals(List.of(1L), opened);
  }

  @Test
  void shouldNeverCrossAPageOrOverlapWhenManyAllocate() {
    Seeds.run(
        3,
        seed -> {
          int count = 20_000;
          int threads = 3;
          freePages.set(1);
          opened.clear();
          long firstPage = tail.tailAcquire() >>> PAGE_BITS;
          long[][] ranges = new long[threads][count];
          Threads.run(
              threads,
              thread -> {
                SplittableRandom random = new SplittableRandom(seed + thread);
                for (int i = 0; i < count; i++) {
                  int bytes = 8 * (1 + random.nextInt(random.nextInt(50) == 0 ? USABLE / 8 : 20));
                  long address = tail.allocate(bytes);
                  while (address == TailAllocator.WAIT) {
                    // Frames come free one by one.
                    freePages.set(
                        Math.max(freePages.get(), (tail.tailAcquire() >>> PAGE_BITS) + 1));
                    address = tail.allocate(bytes);
                  }
                  assertEquals(
                      address >>> PAGE_BITS, address + bytes - 1 >>> PAGE_BITS, "crosses a page");
                  ranges[thread][i] = address << 13 | bytes;
                }
              });
          long[] all = Arrays.stream(ranges).flatMapToLong(Arrays::stream).sorted().toArray();
          for (int i = 1; i < all.length; i++) {
            long end = (all[i - 1] >>> 13) + (all[i - 1] & 0x1FFF);
            assertTrue(end <= all[i] >>> 13, "two records overlap");
          }
          for (int i = 0; i < opened.size(); i++) {
            assertEquals(firstPage + 1 + i, opened.stream().sorted().toList().get(i));
            if (i > 100) {
              break;
            }
          }
          assertEquals(opened.size(), opened.stream().distinct().count(), "opened twice");
        });
  }
}
