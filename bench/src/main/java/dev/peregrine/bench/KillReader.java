package dev.peregrine.bench;

import dev.peregrine.CompletionHandler;
import dev.peregrine.Session;
import dev.peregrine.Status;
import dev.peregrine.Store;
import dev.peregrine.StoreKind;
import dev.peregrine.ValueView;
import java.util.HashMap;
import java.util.Map;

/** Reads values of a kill loop's store, many at once, and compares their stamps. One thread. */
final class KillReader implements CompletionHandler, AutoCloseable {
  private final Session session;
  private final boolean longs;
  private final int depth;
  private final Map<Long, Asked> pending = new HashMap<>();
  private long found;
  private long stamp;
  private RuntimeException failure;

  /** What a pending read is for. */
  private record Asked(long key, long wanted) {}

  KillReader(Store store) {
    longs = store.config().kind() == StoreKind.LONG_TO_LONG;
    depth = store.config().pendingDepth();
    session = store.newSession(this);
  }

  /**
   * Asks for a value; it is compared now or later.
   *
   * @param wanted its stamp, 0 if there must be none
   */
  void ask(long key, long wanted) {
    Status status = read(key);
    while (status == Status.BUSY) {
      Backlog.makeRoom(session, depth);
      status = read(key);
    }
    if (status == Status.PENDING) {
      pending.put(session.serial(), new Asked(key, wanted));
    } else {
      compare(key, status, longs && status == Status.FOUND ? session.longValue() : stamp, wanted);
    }
    throwFailure();
  }

  private Status read(long key) {
    stamp = 0;
    return longs ? session.read(key) : session.read(key, this::take, 0);
  }

  private void take(ValueView value, long argument) {
    stamp = KillValue.stampOf(value);
  }

  /** Waits for all that was asked; how many values there were. */
  long finish() {
    session.completeAll();
    throwFailure();
    if (!pending.isEmpty()) {
      throw new CheckFailedException(pending.size() + " reads never completed");
    }
    return found;
  }

  @Override
  public void onCompletion(long serial, Status status, ValueView value) {
    Asked asked = pending.remove(serial);
    if (asked == null) {
      onFailure(serial, new CheckFailedException("read " + serial + " was not pending"));
      return;
    }
    long read = status != Status.FOUND ? 0 : longs ? value.getLong(0) : KillValue.stampOf(value);
    compare(asked.key(), status, read, asked.wanted());
  }

  @Override
  public void onFailure(long serial, RuntimeException cause) {
    failure = failure == null ? cause : failure;
  }

  private void compare(long key, Status status, long read, long wanted) {
    if (read != wanted || (status == Status.FOUND) != (wanted != 0)) {
      onFailure(
          0,
          new CheckFailedException(
              "key %x gives %s, %x instead of %x".formatted(key, status, read, wanted)));
    }
    found += wanted == 0 ? 0 : 1;
  }

  private void throwFailure() {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
