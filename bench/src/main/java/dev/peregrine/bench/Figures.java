package dev.peregrine.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Figures as people read them, and what is typical of several. */
public final class Figures {
  private static final double[] RATE_UNITS = {1e9, 1e6, 1e3};
  private static final String[] RATE_NAMES = {" G/s", " M/s", " k/s"};
  private static final double[] TIME_UNITS = {1e9, 1e6, 1e3};
  private static final String[] TIME_NAMES = {" s", " ms", " us"};

  private Figures() {}

  /** A rate: {@code 12.3 M/s}. */
  public static String rate(double perSecond) {
    return scaled(perSecond, RATE_UNITS, RATE_NAMES, "/s");
  }

  /** A time: {@code 1.25 us}; a dash for none. */
  public static String time(long nanos) {
    return nanos == 0 ? "-" : scaled(nanos, TIME_UNITS, TIME_NAMES, " ns");
  }

  /** A count: {@code 1,234,567}. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** A number with this many decimals. */
  public static String decimal(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** The middle one, or the mean of the middle two. */
  public static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static String scaled(double value, double[] units, String[] names, String rest) {
    for (int i = 0; i < units.length; i++) {
      if (value >= units[i]) {
        return digits(value / units[i]) + names[i];
      }
    }
    return digits(value) + rest;
  }

  private static String digits(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }
}
