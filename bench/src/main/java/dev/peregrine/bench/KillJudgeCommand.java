package dev.peregrine.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Judges a store by what a child said before it, or the power, went; for scripts. */
@Command(
    name = "kill-judge",
    hidden = true,
    description = {
      "Opens the store that a child of kill-loop worked on, and checks every promise in the lines"
          + " that it wrote. The exit code is 0 if all were kept."
    })
final class KillJudgeCommand implements Callable<Integer> {
  private static final int PLAN_WORDS = 6;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Parameters(index = "1", paramLabel = "FILE", description = "The child's lines.")
  private Path lines;

  @Parameters(index = "2..*", paramLabel = "PLAN", description = "The child's last six arguments.")
  private List<String> words = List.of();

  @Override
  public Integer call() throws IOException {
    Options.require(spec, words.size() == PLAN_WORDS, "the plan has " + PLAN_WORDS + " words");
    KillPlan plan = KillPlan.parse(words);
    KillTranscript said = new KillTranscript(plan.sessions());
    Files.readAllLines(lines).forEach(said::take);
    said.requireNoFailure();
    KillLoop.Outcome outcome = new KillLoop(plan, directory).judge(said);
    spec.commandLine()
        .getOut()
        .printf("%d promises kept, %d operations in%n", outcome.promises(), outcome.operations());
    return Main.EXIT_OK;
  }
}
