package dev.peregrine.bench;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What options of all commands have in common: their limits are told the same way. */
public final class Options {
  private Options() {}

  /** Refuses a value outside of a range, by the option's name. */
  public static void requireRange(
      CommandSpec spec, String option, long value, long least, long most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(), option + " " + value + " is not in " + least + " to " + most);
    }
  }

  /** Refuses a time that is not a positive number of seconds, a day at most. */
  public static void requireSeconds(CommandSpec spec, double seconds) {
    if (!(seconds > 0 && seconds <= 86_400)) {
      throw new ParameterException(
          spec.commandLine(), "--seconds " + seconds + " is not above 0 and at most 86400");
    }
  }

  /** Refuses options that do not go together. */
  public static void require(CommandSpec spec, boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  /** What was given, each value once, in the order given; else what is usual. */
  public static <T> List<T> orElse(List<T> given, List<T> usual) {
    return given == null ? usual : given.stream().distinct().toList();
  }
}
