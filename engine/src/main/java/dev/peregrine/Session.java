package dev.peregrine;

import dev.peregrine.internal.cpr.SessionCut;
import dev.peregrine.internal.ops.BytesOperations;
import dev.peregrine.internal.ops.LongKeyedOperations;
import dev.peregrine.internal.ops.LongOperations;
import dev.peregrine.internal.ops.SessionContext;
import dev.peregrine.internal.ops.StoreCore;
import dev.peregrine.internal.record.KeyHash;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/**
 * A handle on a {@link Store} for one thread at a time, platform or virtual; it may move between
 * threads with a happens-before edge. Use by two threads at once, or by one of its own callbacks,
 * is refused with a {@link MisuseException}.
 *
 * <p><b>Outcomes.</b> An operation that finds all it needs in memory returns its outcome. One that
 * needs the device returns {@link Status#PENDING}; its outcome is delivered in one of three ways:
 *
 * <pre>{@code
 * status = session.await(session.read(key, buffer));          // blocking
 * future = session.future(session.read(key, buffer));         // a CompletableFuture
 * session.read(key, buffer); … session.completePending();     // to the session's CompletionHandler
 * }</pre>
 *
 * All three drive the device on the session's own thread: a future completes only while the session
 * is in {@link #completePending}, {@link #completeAll} or {@link #await}. Only {@link
 * StoreConfig#pendingDepth} operations can be pending; the next that would be returns {@link
 * Status#BUSY}. Pending operations of one session complete in any order, and later operations don't
 * wait for them.
 *
 * <p><b>Kinds.</b> The methods that fit the store's {@link StoreKind} work, the others throw {@link
 * UnsupportedOperationException}. A segment that an operation is given must be native or a byte
 * array and is used during the call only, except for the destination of a read that is pending.
 *
 * <p><b>Batches.</b> A method that ends in {@code Batch} does what a loop of single operations on
 * the keys does, in their order, and is faster where records are spread over memory, because it
 * waits for many cache misses at once; 16 keys are worth it, some hundreds are best. It is no
 * transaction: each key is an operation of its own, and others may see some of them done.
 *
 * <ul>
 *   <li>Inputs are taken from index {@code from} on, outputs are put at index 0 and on: the i-th
 *       key's outcome is {@code statuses[i]}, its serial number is the first one's plus i, and
 *       after the call {@link #serial} is the last one's. Arrays may be longer than needed, and are
 *       the caller's again after the call.
 *   <li>Keys on the device are {@code PENDING}; their reads go to it together, before the call
 *       returns. Their outcomes are delivered as those of single operations, to the session's
 *       {@link CompletionHandler} by serial number. When the session has no room, the other keys
 *       that need it are {@code BUSY}; the rest is done. {@link #await} and {@link #future} know
 *       only the last of the pending keys.
 *   <li>What is returned is how many keys are {@code PENDING} or {@code BUSY}: at 0, nobody has to
 *       look for them. {@link #longValue} and {@link #valueLength} are not of use after a batch.
 *   <li>Arguments are checked first: wrong ones throw {@link NullPointerException}, {@link
 *       IndexOutOfBoundsException} (an array is too short) or {@link IllegalArgumentException}, and
 *       nothing is done. An exception from a user's function, the log or closing ends the batch:
 *       the keys before are done, the key whose number is {@link #serial} and those behind it are
 *       not, and what is in the outputs for these has no meaning.
 * </ul>
 *
 * <p>All operations throw {@link StoreClosedException} after the store or the session is closed,
 * and those that change something throw {@link StoreIoException} after a failure to write the log.
 */
public final class Session extends SessionBatches implements AutoCloseable {
  private final StoreKind kind;
  private final SessionContext context;
  private final LongOperations longs;
  private final BytesOperations bytes;
  private final LongKeyedOperations longKeyed;

  Session(StoreKind kind, StoreCore core, CompletionHandler handler, SessionCut known) {
    this.kind = kind;
    this.context = new SessionContext(core, handler, known);
    boolean toLong = kind == StoreKind.LONG_TO_LONG;
    this.longs = toLong ? new LongOperations(context) : null;
    this.bytes = toLong ? null : new BytesOperations(context);
    boolean isLongKeyed = kind == StoreKind.LONG_TO_BYTES;
    this.longKeyed = isLongKeyed ? new LongKeyedOperations(context, bytes) : null;
  }

  // ---------------------------------------------------------------- 8-byte keys, 8-byte values

  /**
   * Reads a value; it is then in {@link #longValue}.
   *
   * @return {@code FOUND}, {@code NOT_FOUND}, {@code PENDING} or {@code BUSY}
   */
  public Status read(long key) {
    return longs().read(key);
  }

  /**
   * Sets a value.
   *
   * @return {@code UPDATED}, or {@code CREATED} if no version of the key was found in memory
   */
  public Status upsert(long key, long value) {
    return longs().upsert(key, value);
  }

  /**
   * Sets the value of a key that has none; else the value is then in {@link #longValue}.
   *
   * @return {@code CREATED}, {@code FOUND}, {@code PENDING} or {@code BUSY}
   */
  public Status insertIfAbsent(long key, long value) {
    return longs().insertIfAbsent(key, value);
  }

  /**
   * Adds to a value atomically; an absent key counts as 0. The sum is then in {@link #longValue}.
   *
   * @return {@code UPDATED}, {@code CREATED}, {@code PENDING} or {@code BUSY}
   */
  public Status add(long key, long delta) {
    return longs().add(key, delta);
  }

  /**
   * Updates a value atomically; the new one is then in {@link #longValue}.
   *
   * @param function computes it
   * @param argument handed to the function
   * @return {@code UPDATED}, {@code CREATED}, {@code PENDING} or {@code BUSY}
   */
  public Status rmw(long key, LongUpdateFunction function, long argument) {
    return longs().rmw(key, Objects.requireNonNull(function, "function"), argument);
  }

  /**
   * Deletes a key.
   *
   * @return {@code DELETED}, or {@code NOT_FOUND} if it certainly had no value; a version that may
   *     be on the device only is deleted without looking
   */
  public Status delete(long key) {
    if (longs != null) {
      return longs.delete(key);
    }
    return longKeyed().delete(KeyHash.ofLong(key), key, null);
  }

  // ---------------------------------------------------------------- 8-byte keys, values of bytes

  /**
   * Copies a value; its length is then in {@link #valueLength}. Of a value longer than the
   * destination, the beginning is copied.
   *
   * @param destination must stay alive and untouched while the read is pending
   * @return {@code FOUND}, {@code NOT_FOUND}, {@code PENDING} or {@code BUSY}
   */
  public Status read(long key, MemorySegment destination) {
    BytesOperations.requireDestination(destination);
    return requireLongKeyed().read(key, destination);
  }

  /**
   * Shows a value to a function.
   *
   * @param argument handed to the function
   * @return {@code FOUND}, {@code NOT_FOUND}, {@code PENDING} or {@code BUSY}
   */
  public Status read(long key, ReadFunction function, long argument) {
    Objects.requireNonNull(function, "function");
    return longKeyed().read(KeyHash.ofLong(key), key, null, null, function, argument);
  }

  /**
   * Sets a value.
   *
   * @return {@code UPDATED}, or {@code CREATED} if no version of the key was found in memory
   * @throws IllegalArgumentException if the record would be larger than {@link
   *     StoreConfig#maxRecordBytes}
   */
  public Status upsert(long key, MemorySegment value) {
    Objects.requireNonNull(value, "value");
    return requireLongKeyed().upsert(key, value);
  }

  /**
   * Sets the value of a key that has none.
   *
   * @return {@code CREATED}, {@code FOUND}, {@code PENDING} or {@code BUSY}
   * @throws IllegalArgumentException if the record would be too large
   */
  public Status insertIfAbsent(long key, MemorySegment value) {
    Objects.requireNonNull(value, "value");
    return longKeyed().insertIfAbsent(KeyHash.ofLong(key), key, null, value);
  }

  /**
   * Updates a value atomically; its new length is then in {@link #valueLength}.
   *
   * @param argument handed to the function
   * @return {@code UPDATED}, {@code CREATED}, {@code PENDING}, {@code BUSY}; {@code FOUND} or
   *     {@code NOT_FOUND} if the function left the value, or its absence, as it was
   * @throws IllegalArgumentException if the function asks for a value that is too large
   */
  public Status rmw(long key, UpdateFunction function, long argument) {
    Objects.requireNonNull(function, "function");
    return requireLongKeyed().rmw(key, function, argument);
  }

  // ---------------------------------------------------------------- keys and values of bytes

  /** As {@link #read(long, MemorySegment)}. */
  public Status read(MemorySegment key, MemorySegment destination) {
    BytesOperations.requireDestination(destination);
    return byteKeyed(key).read(KeyHash.ofBytes(key), 0, key, destination, null, 0);
  }

  /** As {@link #read(long, ReadFunction, long)}. */
  public Status read(MemorySegment key, ReadFunction function, long argument) {
    Objects.requireNonNull(function, "function");
    return byteKeyed(key).read(KeyHash.ofBytes(key), 0, key, null, function, argument);
  }

  /** As {@link #upsert(long, MemorySegment)}. */
  public Status upsert(MemorySegment key, MemorySegment value) {
    Objects.requireNonNull(value, "value");
    return byteKeyed(key).upsert(KeyHash.ofBytes(key), 0, key, value);
  }

  /** As {@link #insertIfAbsent(long, MemorySegment)}. */
  public Status insertIfAbsent(MemorySegment key, MemorySegment value) {
    Objects.requireNonNull(value, "value");
    return byteKeyed(key).insertIfAbsent(KeyHash.ofBytes(key), 0, key, value);
  }

  /** As {@link #rmw(long, UpdateFunction, long)}. */
  public Status rmw(MemorySegment key, UpdateFunction function, long argument) {
    Objects.requireNonNull(function, "function");
    return byteKeyed(key).rmw(KeyHash.ofBytes(key), 0, key, function, argument);
  }

  /** As {@link #delete(long)}. */
  public Status delete(MemorySegment key) {
    return byteKeyed(key).delete(KeyHash.ofBytes(key), 0, key);
  }

  // ---------------------------------------------------------------- outcomes

  /** The value that the latest operation on an 8-byte value found or left. */
  public long longValue() {
    return context.longValue();
  }

  /** The length of the value of bytes that the latest operation found or left. */
  public int valueLength() {
    return context.valueLength();
  }

  /**
   * The number of the latest operation: 1 for the session's first, one more for each, unless {@link
   * #nextSerial} sets it. An operation that returns {@link Status#BUSY} has none.
   */
  public long serial() {
    return context.serial();
  }

  /**
   * Gives the next operation a number of the caller's, for instance the position in what it reads
   * from.
   *
   * @param serial above {@link #serial()}
   */
  public void nextSerial(long serial) {
    context.nextSerial(serial);
  }

  // ---------------------------------------------------------------- durability

  /** The session's name, by which {@link Store#resumeSession} knows it after a crash. */
  public long id() {
    return context.id();
  }

  /**
   * All operations up to this number survive a crash, as far as they took effect: it is the commit
   * point of the latest checkpoint, or where the session was resumed. Any thread may call it.
   */
  public long durableSerial() {
    return context.durableSerial();
  }

  /**
   * Numbers of changes that went pending and never took effect: their record could not be read, or
   * the session was closed before. Ascending; the latest 4096, those of earlier runs included.
   */
  public long[] lostSerials() {
    return context.lostSerials();
  }

  /**
   * Sets who is told that more has become durable: on the session's own thread, inside {@link
   * #completePending}, {@link #completeAll} and {@link #refresh}, after their work. What it throws
   * comes out of that call.
   *
   * @param listener takes the new {@link #durableSerial}; null for nobody
   */
  public void onDurable(LongConsumer listener) {
    context.durabilityListener(listener);
  }

  // ---------------------------------------------------------------- outcomes, continued

  /** Operations that are pending. */
  public int pendingCount() {
    return context.pending().count();
  }

  /**
   * Delivers the outcomes that have arrived, without waiting.
   *
   * @return how many operations came to an end
   */
  public int completePending() {
    return reported(context.pending().poll(0));
  }

  /**
   * Delivers the outcomes that have arrived, and waits for the first if there is none.
   *
   * @param timeoutNanos the longest to wait; a virtual thread may come back much sooner
   * @return how many operations came to an end
   */
  public int completePending(long timeoutNanos) {
    if (timeoutNanos < 0) {
      throw new IllegalArgumentException("timeoutNanos " + timeoutNanos + " must not be negative");
    }
    return reported(context.pending().poll(timeoutNanos));
  }

  /** Delivers outcomes until nothing is pending, waiting for the device. */
  public void completeAll() {
    context.pending().completeAll();
    context.reportDurable();
  }

  /**
   * Waits for the operation that was called last, if it is pending; others may be delivered
   * meanwhile. Its outcome is not given to the session's handler.
   *
   * @param status what the operation returned
   * @return its outcome; {@code BUSY} is returned as it is
   * @throws StoreIoException if its record can't be read
   * @throws CorruptionException if there is no record where one must be
   */
  public Status await(Status status) {
    return context.pending().await(status);
  }

  /**
   * A future of the operation that was called last. Its outcome is not given to the session's
   * handler. What depends on the future runs inside {@link #completePending} and must not call the
   * session.
   *
   * @param status what the operation returned
   */
  public CompletableFuture<Outcome> future(Status status) {
    return context.pending().future(status);
  }

  /**
   * Lets the store get on that waits for this session; for a session that is idle it never does.
   */
  @Override
  public void refresh() {
    context.refresh();
    context.reportDurable();
  }

  /**
   * Closes the session and drops what is pending; futures complete with a {@link
   * StoreClosedException}. Idempotent.
   */
  @Override
  public void close() {
    context.close();
  }

  @Override
  public String toString() {
    return context.toString();
  }

  private int reported(int completed) {
    context.reportDurable();
    return completed;
  }

  @Override
  boolean hasLongValues() {
    return longs != null;
  }

  @Override
  LongOperations longs() {
    if (longs == null) {
      throw unsupported("8-byte values");
    }
    return longs;
  }

  private LongKeyedOperations requireLongKeyed() {
    if (longKeyed == null) {
      throw unsupported("8-byte keys and values of bytes");
    }
    return longKeyed;
  }

  @Override
  BytesOperations longKeyed() {
    var _ = requireLongKeyed();
    return bytes;
  }

  private BytesOperations byteKeyed(MemorySegment key) {
    Objects.requireNonNull(key, "key");
    BytesOperations operations = byteKeyed();
    BytesOperations.requireKey(key);
    return operations;
  }

  @Override
  BytesOperations byteKeyed() {
    if (kind != StoreKind.BYTES_TO_BYTES) {
      throw unsupported("keys of bytes");
    }
    return bytes;
  }

  private UnsupportedOperationException unsupported(String what) {
    return new UnsupportedOperationException(
        "this call is for " + what + ", but the store is " + kind);
  }
}
