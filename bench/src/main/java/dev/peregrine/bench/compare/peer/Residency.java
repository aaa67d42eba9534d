package dev.peregrine.bench.compare.peer;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How much of the data may be in memory. */
public enum Residency {
  /** All of it. */
  ALL("in memory"),
  /** A quarter of it. */
  QUARTER("a quarter in memory");

  private final String title;

  Residency(String title) {
    this.title = title;
  }

  /** Whether memory is limited. */
  public boolean isLimited() {
    return this == QUARTER;
  }

  /** For people. */
  public String title() {
    return title;
  }

  /** The name in options and JSON. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
