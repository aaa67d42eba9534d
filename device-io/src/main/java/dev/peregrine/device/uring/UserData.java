package dev.peregrine.device.uring;

/**
 * The word that travels with a request through the kernel.
 *
 * <pre>
 *   63                        32 31                         0
 *  +----------------------------+----------------------------+
 *  |         generation         |            slot            |
 *  +----------------------------+----------------------------+
 * </pre>
 *
 * The generation tells a completion of the slot's request from one of an earlier request.
 */
final class UserData {
  private static final int GENERATION_SHIFT = 32;
  private static final long SLOT_MASK = (1L << GENERATION_SHIFT) - 1;

  private UserData() {}

  static long of(int generation, int slot) {
    return (long) generation << GENERATION_SHIFT | slot & SLOT_MASK;
  }

  static int generation(long userData) {
    return (int) (userData >> GENERATION_SHIFT);
  }

  static int slot(long userData) {
    return (int) userData;
  }
}
