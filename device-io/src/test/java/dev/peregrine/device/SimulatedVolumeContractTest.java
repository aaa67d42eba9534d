package dev.peregrine.device;

/** Opening again is without a crash. */
final class SimulatedVolumeContractTest extends VolumeContract {
  private static final long SEED = Long.getLong("peregrine.test.seed", 20261124L);

  private SimulatedVolume last;

  @Override
  protected Volume open() {
    last =
        last == null
            ? SimulatedVolume.create(
                SEED, FaultPlan.builder().shortTransferRate(0.3).maxDelay(3).build())
            : last.reopen();
    return last;
  }
}
