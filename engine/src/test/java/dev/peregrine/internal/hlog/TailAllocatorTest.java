package dev.peregrine.internal.hlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.Seeds;
import dev.peregrine.Threads;
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

  private final TestGate gate = new TestGate();
  private final AtomicLong freePages = gate.freePages;
  private final List<Long> opened = gate.opened;
  private final TailAllocator tail = new TailAllocator(PAGE_BITS, FIRST, gate);

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

  private static TailAllocator largePages(int pageBits, long firstAddress) {
    return new TailAllocator(
        pageBits,
        firstAddress,
        new TailAllocator.FrameGate() {
          @Override
          public boolean isFree(long page) {
            return true;
          }

          @Override
          public void onOpened(long page) {}
        });
  }

  @Test
  void shouldGoToTheNextBlockWhenPadded() {
    TailAllocator large = largePages(14, FIRST);
    assertEquals(FIRST, large.padToBlock(), "an empty log is cut where it begins");
    assertEquals(FIRST, large.tailAcquire());
    large.allocate(8);
    for (int block = 1; block <= 3; block++) {
      assertEquals(block * 4096L, large.padToBlock());
      assertEquals(block * 4096L, large.padToBlock(), "moved although it was there");
      assertEquals(block * 4096L, large.tailAcquire());
      assertEquals(block * 4096L, large.allocate(24));
    }
    // The footer is in the fourth block: the next cut is the next page.
    assertEquals(16384, large.padToBlock());
    assertEquals(16384, large.padToBlock());
    assertEquals(16384, large.tailAcquire());
    assertEquals(16384, large.allocate(24));
    assertEquals(16384 + 4096, large.padToBlock());
  }

  @Test
  void shouldGoToTheNextPageWhenPaddedAtOrBehindTheLastRecord() {
    assertEquals(FIRST, tail.allocate(USABLE - (int) FIRST));
    assertEquals(PAGE, tail.padToBlock());
    assertEquals(PAGE, tail.allocate(8));
    assertEquals(2 * PAGE, tail.padToBlock());
    // A page that is full because something did not fit.
    freePages.set(3);
    assertEquals(2 * PAGE, tail.allocate(USABLE - 8));
    assertEquals(TailAllocator.WAIT, tail.allocate(16));
    assertEquals(3 * PAGE, tail.padToBlock());
    assertEquals(3 * PAGE, tail.tailAcquire());
    assertEquals(TailAllocator.WAIT, tail.allocate(8));
    freePages.set(4);
    assertEquals(3 * PAGE, tail.allocate(8));
  }

  @Test
  void shouldGoOnWhereItIsToldWhenNotNew() {
    TailAllocator cut = largePages(14, 5 * 16384 + 8192);
    assertEquals(5 * 16384 + 8192, cut.padToBlock());
    assertEquals(5 * 16384 + 8192, cut.allocate(24));
    TailAllocator atPage = largePages(14, 5 * 16384);
    assertEquals(5 * 16384, atPage.tailAcquire());
    assertEquals(5 * 16384, atPage.padToBlock());
    assertEquals(5 * 16384, atPage.allocate(24));
  }

  @Test
  void shouldSeparateBeforeAndAfterWhenPaddedAmongAllocations() {
    Seeds.run(
        3,
        seed -> {
          TailAllocator large = largePages(14, FIRST);
          int count = 50_000;
          long[] cuts = new long[count / 50];
          long[][] starts = new long[2][count];
          int[][] seenCuts = new int[2][count];
          AtomicLong published = new AtomicLong();
          Threads.run(
              3,
              thread -> {
                SplittableRandom random = new SplittableRandom(seed + thread);
                if (thread == 2) {
                  for (int i = 0; i < cuts.length; i++) {
                    cuts[i] = large.padToBlock();
                    published.set(i + 1);
                    Thread.yield();
                  }
                  return;
                }
                for (int i = 0; i < count; i++) {
                  seenCuts[thread][i] = (int) published.get();
                  starts[thread][i] = large.allocate(8 * (1 + random.nextInt(30)));
                }
              });
          for (int thread = 0; thread < 2; thread++) {
            for (int i = 0; i < count; i++) {
              int seen = seenCuts[thread][i];
              assertTrue(seen == 0 || starts[thread][i] >= cuts[seen - 1], "below an old cut");
            }
          }
          for (long cut : cuts) {
            assertTrue(cut == FIRST || PageImage.isCut(cut, 16384), "no cut: " + cut);
          }
        });
  }
}
