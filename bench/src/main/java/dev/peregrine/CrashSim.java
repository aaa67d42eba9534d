package dev.peregrine;

import java.util.function.LongFunction;

/**
 * Runs simulated lives of stores, each by its seed. The same seed gives the same life. One thread
 * at a time uses it; several of them may run beside each other.
 */
final class CrashSim implements LongFunction<String> {
  private final Sabotage sabotage;
  private final CrashStats stats = new CrashStats();

  /** Of the engine as it was loaded; a mutant's, too. */
  CrashSim() {
    this(Sabotage.NONE);
  }

  /** With a volume that is sabotaged. */
  CrashSim(Sabotage sabotage) {
    this.sabotage = sabotage;
  }

  /**
   * The lives of a sabotaged store; it does not matter which class loader it comes from.
   *
   * @param stats is told what is met, but not of a mutant
   */
  static LongFunction<String> of(Sabotage sabotage, CrashStats stats) {
    return sabotage.mutations().isEmpty()
        ? seed -> live(sabotage, seed, stats)
        : mutant(new MutantLoader(sabotage.mutations()));
  }

  /** The lives of stores whose classes a loader has changed. */
  @SuppressWarnings("unchecked")
  static LongFunction<String> mutant(MutantLoader loader) {
    try {
      var constructor = loader.loadClass(CrashSim.class.getName()).getDeclaredConstructor();
      constructor.setAccessible(true);
      // The class is another one than this, of the same name; what they have in common is the
      // JDK's.
      return (LongFunction<String>) constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Lives the life of a seed.
   *
   * @return what is wrong with the store, or null
   */
  @Override
  public String apply(long seed) {
    return live(sabotage, seed, stats);
  }

  private static String live(Sabotage sabotage, long seed, CrashStats stats) {
    try {
      new CrashRun(CrashScenario.of(seed), sabotage, seed, stats).run();
      return null;
    } catch (RuntimeException | AssertionError e) {
      return e.toString();
    }
  }
}
