package dev.peregrine.internal.log;

import dev.peregrine.internal.codec.FieldReader;
import dev.peregrine.internal.codec.FieldWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * What is kept of a consumer.
 *
 * @param name of 1 to {@link #MOST_CHARS} letters, digits, {@code .}, {@code _} and {@code -}
 * @param address up to where it has consumed
 * @param holds whether truncation must not pass it
 */
public record ConsumerPosition(String name, long address, boolean holds) {
  /** The most consumers of a log. */
  public static final int MOST = 32;

  /** The most characters of a name. */
  public static final int MOST_CHARS = 60;

  static byte[] encode(List<ConsumerPosition> positions) {
    FieldWriter out = new FieldWriter();
    write(out, positions);
    return out.toByteArray();
  }

  static void write(FieldWriter out, List<ConsumerPosition> positions) {
    out.putInt(positions.size());
    for (ConsumerPosition position : positions) {
      out.putName(position.name);
      out.putLong(position.address);
      out.present(position.holds);
    }
  }

  static List<ConsumerPosition> read(FieldReader in) {
    int count = in.getCount(MOST, "consumers");
    List<ConsumerPosition> positions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      positions.add(new ConsumerPosition(in.getName(MOST_CHARS), in.getLong(), in.present()));
    }
    return positions;
  }
}
