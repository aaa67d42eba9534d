package dev.peregrine.bench.logbench;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What is measured, and so what is durable when the clock stops. */
public enum Durability {
  /** Nothing is synced. */
  NONE("no sync"),
  /** Appends go on while what was appended is made durable; all of it is at the end. */
  PIPELINED("durable, pipelined"),
  /** A producer waits after each {@link LogCell#BATCH_BYTES} until they are durable. */
  BATCH("durable, batch"),
  /** A producer waits after each entry until it is durable; each wait is timed. */
  LATENCY("commit latency"),
  /** Nothing is appended: a log that is there is read, from the disk where the engine reads it. */
  SCAN("scan");

  private final String title;

  Durability(String title) {
    this.title = title;
  }

  /** The name in options and JSON. */
  @JsonValue
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name for people. */
  public String title() {
    return title;
  }

  /** Whether an append's caller waits for it. */
  boolean waits() {
    return this == BATCH || this == LATENCY;
  }

  /** Whether what was appended is durable in the end. */
  boolean isDurable() {
    return this != NONE;
  }
}
