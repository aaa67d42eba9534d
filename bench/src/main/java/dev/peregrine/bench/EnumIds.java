package dev.peregrine.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/** Names of constants as options and JSON have them: in lower case, with hyphens. */
public final class EnumIds {
  private EnumIds() {}

  /** The name of a constant. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The constant of this name; null for none. */
  public static <E extends Enum<E>> E find(Class<E> type, String id) {
    for (E constant : type.getEnumConstants()) {
      if (of(constant).equals(id)) {
        return constant;
      }
    }
    return null;
  }

  /**
   * The constant of a name that a user gave.
   *
   * @throws TypeConversionException with all names, if there is none
   */
  public static <E extends Enum<E>> E parse(Class<E> type, String text) {
    E constant = find(type, text);
    if (constant == null) {
      String known =
          Arrays.stream(type.getEnumConstants()).map(EnumIds::of).collect(Collectors.joining(", "));
      throw new TypeConversionException("'" + text + "' is none of " + known);
    }
    return constant;
  }
}
