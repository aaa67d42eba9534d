package dev.peregrine.memory;

/**
 * Whether native accesses are checked against the live regions.
 *
 * <p>A constant to the JIT: off (the default), the checks cost nothing. Tests run with {@code
 * -Dperegrine.checks=true}.
 */
public final class Checks {
  /** Set by the system property {@code peregrine.checks}. */
  public static final boolean ENABLED = Boolean.getBoolean("peregrine.checks");

  private Checks() {}
}
