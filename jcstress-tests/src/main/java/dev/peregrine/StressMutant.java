package dev.peregrine;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.openjdk.jcstress.infra.collectors.TestResult;

/** One test on a class path that begins with a jar of changed classes. */
public final class StressMutant {
  /**
   * What came of it.
   *
   * @param forbidden how often the test came to an outcome that it forbids
   * @param samples how often it came to any
   */
  public record Caught(long forbidden, long samples) {
    /** The sum of two. */
    public Caught plus(Caught other) {
      return new Caught(forbidden + other.forbidden, samples + other.samples);
    }
  }

  private final String test;
  private final Path report;
  private final List<String> arguments;
  private final String classPath;

  /**
   * @param jar the changed classes
   * @param test the name of the test
   * @param report where the results go
   * @param arguments for jcstress
   */
  public StressMutant(Path jar, String test, Path report, List<String> arguments) {
    this.test = test;
    this.report = report;
    this.arguments = List.copyOf(arguments);
    this.classPath = jar + File.pathSeparator + StressRun.classPathOfForks();
  }

  /** Runs the test once. */
  public Caught run() throws Exception {
    String before = System.setProperty("java.class.path", classPath);
    try {
      Path file = report.resolve("results.bin.gz");
      StressForks.run(List.of(test), arguments, file, System.out);
      StressResults results = new StressResults();
      results.read(file);
      TestResult result = results.of(test);
      return result == null
          ? new Caught(0, 0)
          : new Caught(StressResults.forbidden(result), result.getTotalCount());
    } finally {
      System.setProperty("java.class.path", before);
    }
  }
}
