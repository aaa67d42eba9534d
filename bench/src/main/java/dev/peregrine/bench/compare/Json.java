package dev.peregrine.bench.compare;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How this package writes and reads JSON. */
public final class Json {
  /** One line for each document. */
  public static final JsonMapper LINES =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** For files. */
  public static final JsonMapper FILES =
      LINES.rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();

  private Json() {}
}
