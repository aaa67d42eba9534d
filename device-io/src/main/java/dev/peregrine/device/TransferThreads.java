package dev.peregrine.device;

import dev.peregrine.posix.NativeCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The threads of a {@link PreadDevice}. They take one request at a time from the queues that have
 * some, in turn, so that a deep queue does not starve a shallow one.
 *
 * <p>Any thread may call any method. The work is bounded by the depths of the queues.
 */
final class TransferThreads implements AutoCloseable {
  private final Thread[] threads;

  /** Guards the fields below, and what {@link PreadQueue} marks so. */
  private final Object lock = new Object();

  private PreadQueue first;
  private PreadQueue last;
  private int idleCount;
  private boolean closed;

  TransferThreads(int count, String path) {
    threads = new Thread[count];
    for (int i = 0; i < count; i++) {
      threads[i] =
          Thread.ofPlatform()
              .daemon(true)
              .name("peregrine-pread-" + i + "-" + path)
              .start(this::work);
    }
  }

  int count() {
    return threads.length;
  }

  void submit(PreadQueue queue, int[] slots, int count) {
    synchronized (lock) {
      for (int i = 0; i < count; i++) {
        queue.submitted.push(slots[i]);
      }
      append(queue);
      for (int i = Math.min(count, idleCount); i > 0; i--) {
        lock.notify();
      }
    }
  }

  private void append(PreadQueue queue) {
    if (!queue.listed) {
      queue.listed = true;
      queue.nextWithWork = null;
      if (last == null) {
        first = queue;
      } else {
        last.nextWithWork = queue;
      }
      last = queue;
    }
  }

  private PreadQueue removeFirst() {
    PreadQueue queue = first;
    first = queue.nextWithWork;
    if (first == null) {
      last = null;
    }
    queue.nextWithWork = null;
    queue.listed = false;
    return queue;
  }

  private void work() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = NativeCall.allocateErrno(arena);
      while (true) {
        PreadQueue queue;
        int slot;
        synchronized (lock) {
          if (!awaitWork()) {
            return;
          }
          queue = removeFirst();
          slot = queue.submitted.pop();
          if (!queue.submitted.isEmpty()) {
            append(queue);
          }
        }
        queue.carryOut(slot, errno);
      }
    }
  }

  /** Waits, with the lock held, for a queue with work; false when there will be none. */
  private boolean awaitWork() {
    while (first == null) {
      if (closed) {
        return false;
      }
      idleCount++;
      try {
        lock.wait();
      } catch (InterruptedException e) {
        // Nobody has a reason to interrupt a transfer thread; close() ends it.
      } finally {
        idleCount--;
      }
    }
    return true;
  }

  /** Ends the threads after the work there is. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
