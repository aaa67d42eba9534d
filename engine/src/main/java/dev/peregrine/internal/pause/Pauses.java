package dev.peregrine.internal.pause;

/**
 * Lets tests stop threads between two steps. Off, unless the system property {@value #PROPERTY} was
 * true when this class was loaded: {@link #at} then tests one constant, which the JIT folds, and
 * nothing of it is left in compiled code.
 *
 * <p>Any thread may call any method. A hook is called on the thread that has reached the point,
 * with whatever that thread holds at that moment; it may sleep, and must not call the store.
 */
public final class Pauses {
  /** Turns pauses on, for the life of the process. */
  public static final String PROPERTY = "peregrine.pauses";

  private static final boolean ENABLED = Boolean.getBoolean(PROPERTY);

  /** Who is told; null for nobody. Set by a test before its threads get there. */
  private static volatile Hook hook;

  /** Is told that the calling thread has reached a point. */
  @FunctionalInterface
  public interface Hook {
    void reached(PausePoint point);
  }

  private Pauses() {}

  /** The calling thread has reached a point. */
  public static void at(PausePoint point) {
    if (ENABLED) {
      reached(point);
    }
  }

  /** Whether threads tell where they are. */
  public static boolean isEnabled() {
    return ENABLED;
  }

  /**
   * Sets who is told; null for nobody.
   *
   * @throws IllegalStateException if pauses are off
   */
  public static void hook(Hook next) {
    if (!ENABLED) {
      throw new IllegalStateException("pauses are off: start Java with -D" + PROPERTY + "=true");
    }
    hook = next;
  }

  private static void reached(PausePoint point) {
    Hook told = hook;
    if (told != null) {
      told.reached(point);
    }
  }
}
