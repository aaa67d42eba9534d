package dev.peregrine.bench;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as people write them: {@code 4096}, {@code 4k}, {@code 1.5g}, in powers of 1024. */
public final class ByteSize implements ITypeConverter<Long> {
  private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kmgt]?)(?:i?b)?");
  private static final String UNITS = "kmgt";
  private static final int UNIT_BITS = 10;

  @Override
  public Long convert(String text) {
    Matcher form = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!form.matches()) {
      throw new TypeConversionException("'" + text + "' is not a size such as 4096, 64k, 1.5g");
    }
    int unit = form.group(2).isEmpty() ? 0 : UNITS.indexOf(form.group(2)) + 1;
    double bytes = Double.parseDouble(form.group(1)) * (1L << (unit * UNIT_BITS));
    if (bytes >= Long.MAX_VALUE || bytes != Math.rint(bytes)) {
      throw new TypeConversionException("'" + text + "' is not a whole number of bytes");
    }
    return (long) bytes;
  }

  /** The size with three digits or so and its unit. */
  public static String format(long bytes) {
    double value = bytes;
    int unit = 0;
    while (Math.abs(value) >= 1000 && unit < UNITS.length()) {
      value /= 1 << UNIT_BITS;
      unit++;
    }
    if (unit == 0) {
      return bytes + " B";
    }
    String digits =
        String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    return digits + " " + Character.toUpperCase(UNITS.charAt(unit - 1)) + "iB";
  }
}
