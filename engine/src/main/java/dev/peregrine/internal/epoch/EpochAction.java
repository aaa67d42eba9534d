package dev.peregrine.internal.epoch;

/**
 * What is to happen once nobody can still see the state before a change. It runs on whichever
 * thread finds it safe, so it must be short, must not block and must not enter the epoch.
 */
@FunctionalInterface
public interface EpochAction {
  /**
   * @param argument what was given when the action was registered
   */
  void run(long argument);
}
