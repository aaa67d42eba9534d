package dev.peregrine.bench;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Hands its arguments to JMH, which runs the micro-benchmarks in this jar. */
@Command(
    name = "jmh",
    description = {
      "Runs the JMH benches: peregrine jmh [JMH arguments].",
      "For instance: jmh -l (list them), jmh Operations -prof gc, jmh -h (JMH's own help)."
    })
final class JmhCommand implements Callable<Integer> {
  @Parameters(paramLabel = "ARG", description = "What JMH takes; see jmh -h.")
  private List<String> arguments = List.of();

  @Override
  public Integer call() throws Exception {
    org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
    return Main.EXIT_OK;
  }
}
