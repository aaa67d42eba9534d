package dev.peregrine.bench;

import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * What a long step has done so far: a bar where people watch, a line at its end where not. One
 * thread uses it.
 */
public final class Progress implements AutoCloseable {
  private static final int WIDTH = 78;
  private static final int REFRESH_MILLIS = 200;
  private static final double NANOS_PER_SECOND = 1e9;

  private final String task;
  private final PrintWriter out;
  private final ProgressBar bar;
  private final long begin = System.nanoTime();

  private Progress(String task, PrintWriter out, ProgressBar bar) {
    this.task = task;
    this.out = out;
    this.bar = bar;
  }

  /**
   * Begins a step.
   *
   * @param out takes the line at the end
   * @param task what it is called
   * @param total the amount of work in it
   * @param unit the unit of the amount, or empty
   */
  public static Progress start(PrintWriter out, String task, long total, String unit) {
    out.flush();
    return new Progress(task, out, isTerminal() ? bar(task, total, unit) : null);
  }

  /** Whether standard output goes to people. */
  public static boolean isTerminal() {
    return System.console() != null && System.console().isTerminal();
  }

  private static ProgressBar bar(String task, long total, String unit) {
    return new ProgressBarBuilder()
        .setTaskName(String.format(Locale.ROOT, "%-12s", task))
        .setInitialMax(total)
        .setUnit(unit, 1)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(REFRESH_MILLIS)
        .setConsumer(new ConsoleProgressBarConsumer(System.out, WIDTH))
        .clearDisplayOnFinish()
        .build();
  }

  /** Tells how much of the total is done. */
  public void to(long amount) {
    if (bar != null) {
      bar.stepTo(amount);
    }
  }

  /** Ends the step, and leaves one line about it. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
    double seconds = (System.nanoTime() - begin) / NANOS_PER_SECOND;
    out.printf(Locale.ROOT, "%-14s %6.1f s%n", task, seconds);
    out.flush();
  }
}
