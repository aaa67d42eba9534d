package dev.peregrine.memory;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.peregrine.posix.NativeCall;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/**
 * A memory barrier on all threads of this process at once, {@code membarrier(2)}: it takes the cost
 * of a full fence from a side that passes often and gives it to one that passes seldom. Any thread
 * may call any method.
 */
public final class ProcessBarrier {
  private static final int PRIVATE_EXPEDITED = 1 << 3;
  private static final int REGISTER_PRIVATE_EXPEDITED = 1 << 4;
  private static final int QUERY = 0;

  private static final MethodHandle SYSCALL =
      NativeCall.linkVariadic(
          "syscall", 1, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT));

  /** The number of the system call; −1 where it is not known. */
  private static final long NUMBER =
      switch (System.getProperty("os.arch")) {
        case "amd64" -> 324;
        case "aarch64" -> 283;
        default -> -1;
      };

  private static final boolean AVAILABLE = NUMBER >= 0 && register();

  private ProcessBarrier() {}

  /** Whether the kernel has it, from Linux 4.14 on, and no sandbox forbids it. */
  public static boolean isAvailable() {
    return AVAILABLE;
  }

  /**
   * Returns after every other thread of the process has passed a full memory barrier since the
   * call, and the caller one before and one after. Takes microseconds: it interrupts every
   * processor that runs a thread of the process.
   *
   * @throws IllegalStateException if it is not available
   */
  public static void run() {
    if (!AVAILABLE || call(PRIVATE_EXPEDITED) != 0) {
      throw new IllegalStateException("membarrier is not available");
    }
  }

  private static boolean register() {
    long commands = call(QUERY);
    return commands > 0
        && (commands & PRIVATE_EXPEDITED) != 0
        && call(REGISTER_PRIVATE_EXPEDITED) == 0;
  }

  private static long call(int command) {
    try {
      return (long) SYSCALL.invokeExact(NUMBER, command, 0, 0);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }
}
