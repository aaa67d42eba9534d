package dev.peregrine.internal.hlog;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Frames of a tail: as many as a test frees, all at first; notes which pages were opened. */
final class TestGate implements TailAllocator.FrameGate {
  final AtomicLong freePages = new AtomicLong(Long.MAX_VALUE);
  final List<Long> opened = new ArrayList<>();

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
}
