package dev.peregrine.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** How many bytes of heap the calling thread has allocated. */
public final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocation() {}

  /** Bytes since the thread began; to be compared with an earlier call on the same thread. */
  public static long bytes() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }
}
