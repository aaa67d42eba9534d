package dev.peregrine.bench;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How often each record is asked for. */
public enum Distribution {
  /** YCSB's scrambled zipfian with the constant 0.99: few hot records, spread over all. */
  ZIPF,
  /** Each record as often as any other. */
  UNIFORM;

  /** The name in reports and JSON. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
