package dev.peregrine;

import dev.peregrine.device.Volume;
import dev.peregrine.internal.pause.Pauses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Stores under load, one life after the other, while threads are stopped at random between any two
 * steps and devices are slow; what a command and tests need of it. One at a time in a process.
 */
public final class Soak {
  /**
   * A life in which the store broke a promise.
   *
   * @param seed begins with that life
   * @param message what was wrong
   */
  public record Failure(long seed, String message) {}

  /**
   * What came of it.
   *
   * @param failures none, or the first ones
   * @param figures what was done
   * @param missed pause points that nobody has been at
   */
  public record Result(List<Failure> failures, Map<String, Long> figures, List<String> missed) {}

  private Soak() {}

  /** Turns pauses on; before anything of the store is loaded. */
  public static void enablePauses() {
    System.setProperty(Pauses.PROPERTY, "true");
    if (!Pauses.isEnabled()) {
      throw new IllegalStateException("start Java with -D" + Pauses.PROPERTY + "=true");
    }
  }

  /**
   * Runs lives until the time is over, or one fails.
   *
   * @param seed of the first life; the next ones follow it
   * @param nanos how long
   * @param threads lives at once
   * @param directory for stores on files; every other one is simulated
   * @param listener hears how many nanoseconds have passed, on any of the threads
   */
  public static Result run(
      long seed, long nanos, int threads, Path directory, LongConsumer listener) {
    return run(seed, nanos, threads, directory, UnaryOperator.identity(), listener);
  }

  /** As the other, with something between the stores and their volumes. */
  static Result run(
      long seed,
      long nanos,
      int threads,
      Path directory,
      UnaryOperator<Volume> filter,
      LongConsumer listener) {
    long begin = System.nanoTime();
    long until = begin + nanos;
    AtomicLong next = new AtomicLong(seed);
    Map<String, Long> figures = new TreeMap<>();
    List<Failure> failures = Collections.synchronizedList(new ArrayList<>());
    SoakPauses pauses = new SoakPauses();
    Pauses.hook(pauses);
    try {
      List<Thread> workers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Runnable lives =
            () -> {
              while (System.nanoTime() < until && failures.isEmpty()) {
                long own = next.getAndIncrement();
                // Every other one is on files.
                Path files = own % 2 == 0 ? null : directory.resolve("life-" + own);
                String failure = live(own, files, filter, until, figures);
                if (failure != null) {
                  failures.add(new Failure(own, failure));
                }
                listener.accept(Math.min(nanos, System.nanoTime() - begin));
              }
            };
        workers.add(Thread.ofPlatform().name("soak-" + i).start(lives));
      }
      for (Thread worker : workers) {
        worker.join();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while stores are under load", e);
    } finally {
      Pauses.hook(null);
    }
    figures.put("pauses", pauses.slept());
    return new Result(
        List.copyOf(failures), figures, pauses.missed().stream().map(Enum::name).toList());
  }

  /** Null, or what was wrong. */
  private static String live(
      long seed, Path files, UnaryOperator<Volume> filter, long until, Map<String, Long> figures) {
    try {
      if (files != null) {
        Files.createDirectory(files);
      }
      new SoakLife(seed, files, filter, figures).run(until);
      if (files != null) {
        delete(files);
      }
      return null;
    } catch (Throwable e) {
      return words(e);
    }
  }

  /** The causes and where they are from, since a soak is hard to run again. */
  private static String words(Throwable failure) {
    StringBuilder words = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      words.append(cause).append(System.lineSeparator());
      Stream.of(cause.getStackTrace())
          .limit(12)
          .forEach(frame -> words.append("    ").append(frame).append(System.lineSeparator()));
    }
    return words.toString();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
