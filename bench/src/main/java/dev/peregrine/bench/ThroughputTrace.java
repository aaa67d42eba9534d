package dev.peregrine.bench;

import dev.peregrine.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * How many operations had been done at which moment, and a checkpoint that begins among them. One
 * thread samples; the end of the checkpoint is noted by whoever completes it.
 */
final class ThroughputTrace {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A moment. */
  private record Sample(long nanos, long operations) {
    double rateSince(Sample before) {
      return (operations - before.operations) * NANOS_PER_SECOND / (nanos - before.nanos);
    }
  }

  /** A second; what is left of one at the end. */
  private record Second(Sample from, Sample to) {
    double rate() {
      return to.rateSince(from);
    }
  }

  private final LongAdder operations;
  private final long startNanos;
  private final Supplier<Checkpoint> starter;
  private final List<Sample> samples = new ArrayList<>();
  private Checkpoint checkpoint;
  private Sample begin;
  private volatile Sample end;

  /**
   * @param operations counts them
   * @param startMillis when the checkpoint begins, from the first sample on
   * @param starter begins it
   */
  ThroughputTrace(LongAdder operations, long startMillis, Supplier<Checkpoint> starter) {
    this.operations = operations;
    this.startNanos = TimeUnit.MILLISECONDS.toNanos(startMillis);
    this.starter = starter;
  }

  /** Notes this moment, and begins the checkpoint when it is time. */
  void sample() {
    Sample now = now();
    samples.add(now);
    if (checkpoint == null && now.nanos - samples.getFirst().nanos >= startNanos) {
      begin = now;
      checkpoint = starter.get();
      checkpoint.future().whenComplete((token, failure) -> end = now());
    }
  }

  /** Waits for the checkpoint, which must have begun. */
  Checkpoint await() {
    if (checkpoint == null) {
      throw new CheckFailedException("the run was too short for a checkpoint in it");
    }
    checkpoint.await();
    while (end == null) {
      Thread.onSpinWait();
    }
    return checkpoint;
  }

  /** How long the checkpoint took. */
  long checkpointNanos() {
    return end.nanos - begin.nanos;
  }

  /** Operations a second before the checkpoint. */
  double before() {
    return begin.rateSince(samples.getFirst());
  }

  /** Operations a second while it ran, as far as the workload did. */
  double during() {
    Sample last = samples.getLast();
    return (end.nanos < last.nanos ? end : last).rateSince(begin);
  }

  /** The least rate between two samples while it ran; the mean if there are no two. */
  double slowest() {
    double least = during();
    Sample before = null;
    for (Sample sample : samples) {
      if (before != null && before.nanos >= begin.nanos && sample.nanos <= end.nanos) {
        least = Math.min(least, sample.rateSince(before));
      }
      before = sample;
    }
    return least;
  }

  /** The rate of the slowest second with some of it in, as far as the workload ran. */
  double slowestSecond() {
    return seconds().stream()
        .filter(second -> overlapNanos(second) > 0)
        .mapToDouble(Second::rate)
        .min()
        .orElse(during());
  }

  /** Second by second. */
  Table table() {
    Table table = new Table("second", "ops", "checkpoint");
    int number = 1;
    for (Second second : seconds()) {
      long overlap = overlapNanos(second);
      table.row(
          Integer.toString(number++),
          Figures.rate(second.rate()),
          overlap > 0 ? "running for " + Figures.time(overlap) : "");
    }
    return table;
  }

  private List<Second> seconds() {
    List<Second> seconds = new ArrayList<>();
    Sample from = samples.getFirst();
    for (Sample sample : samples) {
      if (sample.nanos - from.nanos >= SECOND_NANOS || sample == samples.getLast()) {
        if (sample.nanos > from.nanos) {
          seconds.add(new Second(from, sample));
        }
        from = sample;
      }
    }
    return seconds;
  }

  private long overlapNanos(Second second) {
    return Math.min(end.nanos, second.to.nanos) - Math.max(begin.nanos, second.from.nanos);
  }

  private Sample now() {
    return new Sample(System.nanoTime(), operations.sum());
  }
}
