package dev.peregrine;

/** What a store maps to what; fixed when it is opened. */
public enum StoreKind {
  /** 8-byte keys to 8-byte values, read and written as single words. */
  LONG_TO_LONG,
  /** 8-byte keys to values of any length up to the record limit. */
  LONG_TO_BYTES,
  /** Keys and values of any length up to the record limit. */
  BYTES_TO_BYTES
}
