package dev.peregrine.bench.compare;

import dev.peregrine.bench.CheckFailedException;
import dev.peregrine.bench.ChildJvm;
import dev.peregrine.bench.compare.peer.Engine;
import dev.peregrine.bench.compare.peer.PeerSetup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;

/**
 * An engine in a process of its own: what one engine teaches the JIT, or leaves on the heap, does
 * not touch another. It lives until it is closed or this process ends. One thread.
 */
final class PeerProcess implements AutoCloseable {
  private static final int LIMIT_MILLIS = 100;
  private static final int LIMIT_TRIES = 100;

  private static final ScheduledExecutorService LIMITER =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("limiter").factory());

  private final Engine engine;
  private final MemoryLimit limit;
  private final ChildJvm process;
  private volatile LongUnaryOperator limitBytes;

  private PeerProcess(Engine engine, MemoryLimit limit, ChildJvm process) {
    this.engine = engine;
    this.limit = limit;
    this.process = process;
  }

  /**
   * Starts a process; it has opened nothing yet.
   *
   * @param limit what bounds its memory, to be closed with it; null for nothing
   * @param log takes what it prints
   */
  static PeerProcess start(PeerSetup setup, MemoryLimit limit, Path log) throws IOException {
    try {
      ChildJvm process =
          ChildJvm.start(
              setup.engine().id(),
              limit == null ? List.of() : limit.prefix(),
              setup.engine().jvmArguments(setup),
              PeerMain.class,
              log,
              limit == null ? () -> {} : limit::close);
      return new PeerProcess(setup.engine(), limit, process);
    } catch (IOException cause) {
      if (limit != null) {
        limit.close();
      }
      throw cause;
    }
  }

  /**
   * Limits its memory, if it was started with a limit, from now on and again every moment while it
   * does something.
   *
   * @param bytes the limit, by what the process takes without pages of files
   */
  void limitBy(LongUnaryOperator bytes) {
    if (limit == null) {
      return;
    }
    limitBytes = bytes;
    for (int i = 0; i < LIMIT_TRIES && !limitNow(); i++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS));
    }
  }

  /** Whether it is limited; it may be unable to give back so much at once, or just have ended. */
  private boolean limitNow() {
    if (limitBytes == null) {
      return true;
    }
    try {
      limit.set(limitBytes.applyAsLong(ProcessMemory.anonymousBytes(process.pid())));
      return true;
    } catch (IOException notNow) {
      return false;
    }
  }

  /** What its memory is limited to; 0 for nothing. */
  long limitBytes() {
    return limit == null ? 0 : limit.bytes();
  }

  /** Which engine it is. */
  Engine engine() {
    return engine;
  }

  /**
   * Asks and waits for the answer.
   *
   * @param seconds the longest to wait; then the process is ended
   * @param progress is told what has been done so far
   * @throws CheckFailedException if it cannot do it, or ends
   */
  Reply ask(Request request, double seconds, LongConsumer progress) throws IOException {
    ScheduledFuture<?> limiting =
        LIMITER.scheduleWithFixedDelay(
            this::limitNow, LIMIT_MILLIS, LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    Reply[] last = new Reply[1];
    try {
      process.ask(
          request.kind().toString(),
          Json.LINES.writeValueAsString(request),
          seconds,
          line -> {
            last[0] = Json.LINES.readValue(line, Reply.class);
            boolean isLast = last[0].done() == null;
            if (!isLast) {
              progress.accept(last[0].done());
            }
            return isLast;
          });
    } finally {
      limiting.cancel(false);
    }
    if (last[0].failure() != null) {
      throw new CheckFailedException(engine.id() + ": " + last[0].failure());
    }
    return last[0];
  }

  /** Lets it close the engine and end; ends it if it does not. */
  @Override
  public void close() {
    process.close();
  }
}
