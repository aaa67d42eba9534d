package dev.peregrine.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.bench.Distribution;
import dev.peregrine.bench.Workload;
import dev.peregrine.bench.compare.peer.Engine;
import dev.peregrine.bench.compare.peer.Residency;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ComparePlanTest {
  private static ComparePlan plan(String... arguments) {
    CompareCommand command = new CompareCommand();
    new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
    return command.plan();
  }

  @Test
  void shouldCoverEverythingInLessThanAnHourWhenNothingIsLeftOut() {
    ComparePlan plan = plan();
    assertEquals(List.of(Engine.values()), plan.engines());
    assertEquals(4, plan.stages().size());
    for (Stage stage : plan.stages()) {
      assertEquals(16, plan.cells(stage).size());
      assertEquals(Workload.C, plan.cells(stage).getFirst().workload());
    }
    assertTrue(plan.estimatedSeconds() < 3600, plan.estimatedSeconds() + " s");
  }

  @Test
  void shouldTakeSomeMinutesWhenQuick() {
    ComparePlan plan = plan("--quick");
    assertEquals(
        List.of(
            new Stage(Residency.ALL, 8),
            new Stage(Residency.ALL, 100),
            new Stage(Residency.QUARTER, 100)),
        plan.stages());
    assertEquals(4, plan.cells(plan.stages().getFirst()).size());
    assertTrue(plan.estimatedSeconds() < 400, plan.estimatedSeconds() + " s");
  }

  @Test
  void shouldDoOnlyWhatIsAskedFor() {
    ComparePlan plan =
        plan(
            "--quick",
            "--only",
            "lmdb,peregrine",
            "--workloads",
            "f",
            "--resident",
            "quarter",
            "--value-bytes",
            "8",
            "--threads",
            "1,3",
            "--distributions",
            "uniform",
            "--records",
            "5000",
            "--repetitions",
            "7");
    assertEquals(List.of(Engine.LMDB, Engine.PEREGRINE), plan.engines());
    Stage stage = new Stage(Residency.QUARTER, 8);
    assertEquals(List.of(stage), plan.stages());
    assertEquals(
        List.of(
            new Cell(Residency.QUARTER, 8, Workload.F, Distribution.UNIFORM, 1),
            new Cell(Residency.QUARTER, 8, Workload.F, Distribution.UNIFORM, 3)),
        plan.cells(stage));
    assertEquals(2 * 2 * 7, plan.measurements(stage));
    assertEquals(3, plan.maxThreads());
  }

  @Test
  void shouldLeaveOutTheHeapsMapsWhenMemoryIsLimited() {
    ComparePlan plan = plan();
    Stage inMemory = new Stage(Residency.ALL, 8);
    Stage limited = new Stage(Residency.QUARTER, 8);
    assertTrue(plan.engines(inMemory).contains(Engine.CHM_PARALLEL));
    assertFalse(plan.engines(inMemory).contains(Engine.PEREGRINE_BLOCKING));
    assertFalse(plan.engines(limited).contains(Engine.CHM_G1));
    assertTrue(plan.engines(limited).contains(Engine.PEREGRINE_BLOCKING));
  }

  @Test
  void shouldGiveAllEnginesTheSameBudgetWhichIsLessThanTheData() {
    ComparePlan plan = plan();
    Stage stage = new Stage(Residency.QUARTER, 100);
    long budget = plan.budgetBytes(stage);
    assertTrue(budget < plan.records() * 108 / 2, budget + " B");
    for (Engine engine : plan.engines(stage)) {
      assertEquals(budget, plan.setup(stage, engine, Path.of("place")).budgetBytes());
    }
  }
}
