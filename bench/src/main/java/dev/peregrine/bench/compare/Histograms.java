package dev.peregrine.bench.compare;

import dev.peregrine.bench.Measure;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** Histograms as text, to get them from one process to another. */
public final class Histograms {
  private Histograms() {}

  public static String encode(Histogram histogram) {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(buffer);
    byte[] bytes = new byte[length];
    buffer.flip().get(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Adds an encoded histogram to another. */
  public static void add(Histogram sum, String encoded) {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(Base64.getDecoder().decode(encoded));
      sum.add(Histogram.decodeFromCompressedByteBuffer(buffer, 1));
    } catch (DataFormatException cause) {
      throw new IllegalArgumentException("no histogram", cause);
    }
  }

  /** An empty one. */
  public static Histogram empty() {
    return Measure.latencies();
  }
}
