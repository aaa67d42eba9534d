package dev.peregrine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads keys of a store, many at once, and compares each with what it must hold. One thread; closed
 * when all have been asked for.
 */
final class StateCheck implements CompletionHandler, AutoCloseable {
  private final Session session;
  private final CrashFace face;
  private final Map<Long, Expected> outstanding = new HashMap<>();

  /** What a key must hold, null for nothing; and what was read of it. */
  private record Expected(long key, byte[] value, byte[][] found, String who) {}

  StateCheck(Store store) {
    session = store.newSession(this);
    face = new CrashFace(store.config().kind(), session);
  }

  boolean isLong() {
    return face.isLong();
  }

  /**
   * Checks a key, now or in a later call.
   *
   * @param value what it must hold, null for nothing
   * @param who whose key it is, for messages
   * @throws CrashViolation if it, or one asked for before, holds something else
   */
  void require(long key, byte[] value, String who) {
    byte[][] found = new byte[1][];
    ReadFunction function = (view, argument) -> found[0] = view.toByteArray();
    Status status = face.read(key, function);
    while (status == Status.BUSY) {
      session.completePending(Long.MAX_VALUE);
      status = face.read(key, function);
    }
    Expected expected = new Expected(key, value, found, who);
    if (status == Status.PENDING) {
      outstanding.put(session.serial(), expected);
      return;
    }
    if (face.isLong() && status == Status.FOUND) {
      found[0] = CrashFace.ofLong(session.longValue());
    }
    compare(expected);
  }

  /** Waits for all that is outstanding. */
  void finish() {
    session.completeAll();
    CrashViolation.require(outstanding.isEmpty(), "reads were not answered: %s", outstanding);
  }

  @Override
  public void onCompletion(long serial, Status status, ValueView value) {
    Expected expected = outstanding.remove(serial);
    if (face.isLong() && status == Status.FOUND) {
      expected.found[0] = value.toByteArray();
    }
    compare(expected);
  }

  @Override
  public void onFailure(long serial, RuntimeException cause) {
    throw cause;
  }

  private static void compare(Expected expected) {
    if (!Arrays.equals(expected.value, expected.found[0])) {
      throw new CrashViolation(
          String.format(
              "key %x of %s holds %s, not %s",
              expected.key,
              expected.who,
              Arrays.toString(expected.found[0]),
              Arrays.toString(expected.value)));
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
