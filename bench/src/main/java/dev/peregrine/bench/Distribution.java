package dev.peregrine.bench;

import java.util.Locale;

/** How often each record is asked for. */
enum Distribution {
  /** YCSB's scrambled zipfian with the constant 0.99: few hot records, spread over all. */
  ZIPF,
  /** Each record as often as any other. */
  UNIFORM;

  /** The name in reports and JSON. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
