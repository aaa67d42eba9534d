package dev.peregrine.internal.log;

import dev.peregrine.CorruptionException;
import dev.peregrine.UnsupportedFormatException;
import dev.peregrine.internal.codec.FieldReader;
import dev.peregrine.internal.codec.FieldWriter;
import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.memory.Alignment;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The bytes of an anchor, little-endian.
 *
 * <pre>
 *   0         8                16                                        n - 4      n
 *  +---------+----------------+-----------------------------------------+----------+
 *  | magic   | format version | the fields of {@link Anchor}, in order  | CRC32C   |
 *  | 8 bytes | 8 bytes        |                                         | of all   |
 *  +---------+----------------+-----------------------------------------+----------+
 * </pre>
 *
 * Magic, place of the version, and checksum are the same in all versions: so a version that is not
 * known is told from damage.
 */
final class AnchorCodec {
  /** The greatest length that is accepted. */
  static final int MOST_BYTES = 16 << 20;

  /** "PRGRNLOG". */
  private static final long MAGIC = 0x474F_4C4E_5247_5250L;

  private static final int LEAST_BYTES = 20;
  private static final int LEAST_PAGE_BITS = 14;
  private static final int MOST_PAGE_BITS = 26;

  private AnchorCodec() {}

  static byte[] encode(Anchor anchor) {
    FieldWriter out = new FieldWriter();
    out.putLong(MAGIC);
    out.putLong(anchor.version());
    out.putLong(anchor.sequence());
    out.putLong(anchor.identity().storeId());
    out.putLongs(anchor.identity().firstPages());
    out.putInts(anchor.identity().generations());
    out.putInt(anchor.pageBits());
    out.putLong(anchor.segmentBytes());
    out.putLong(anchor.begin());
    out.putLong(anchor.mark());
    out.putLong(anchor.commit());
    out.putLongs(anchor.voids().starts());
    out.putLongs(anchor.voids().ends());
    ConsumerPosition.write(out, anchor.consumers());
    out.putInt(checksum(out.toByteArray(), 0));
    return out.toByteArray();
  }

  /**
   * @throws CorruptionException if it is damaged
   * @throws UnsupportedFormatException if it is whole, and of a version that is not known
   */
  static Anchor decode(byte[] bytes, String path) {
    FieldReader in = new FieldReader(bytes, path);
    if (bytes.length < LEAST_BYTES) {
      throw in.refused("it has " + bytes.length + " bytes, too few for an anchor");
    }
    if (in.getLong() != MAGIC) {
      throw in.refused("it is no anchor of a log");
    }
    FieldReader end = new FieldReader(bytes, path);
    end.skip(bytes.length - Integer.BYTES);
    if (end.getInt() != checksum(bytes, Integer.BYTES)) {
      throw in.refused("its checksum is wrong");
    }
    long version = in.getLong();
    if (!LogFormat.isKnown(version)) {
      throw new UnsupportedFormatException(path, version, LogFormat.OLDEST, LogFormat.LATEST);
    }
    try {
      Anchor anchor = fields((int) version, in);
      if (in.remaining() != Integer.BYTES) {
        throw in.refused("it has " + in.remaining() + " bytes more than its fields");
      }
      return anchor;
    } catch (IllegalArgumentException e) {
      throw in.refused(e.getMessage());
    }
  }

  private static Anchor fields(int version, FieldReader in) {
    long sequence = in.getLong();
    long logId = in.getLong();
    PageIdentity identity = PageIdentity.of(logId, in.getLongs(), in.getInts());
    int pageBits = in.getInt();
    long segmentBytes = in.getLong();
    long begin = in.getLong();
    long mark = in.getLong();
    long commit = in.getLong();
    VoidRanges voids = VoidRanges.of(in.getLongs(), in.getLongs());
    List<ConsumerPosition> consumers = ConsumerPosition.read(in);
    if (pageBits < LEAST_PAGE_BITS
        || pageBits > MOST_PAGE_BITS
        || !Alignment.isPowerOfTwo(segmentBytes)
        || segmentBytes < 1L << pageBits) {
      throw in.refused("pages of 2^" + pageBits + " in segments of " + segmentBytes + " bytes");
    }
    if (begin < ExtentHeader.BYTES || mark != 0 && mark < begin || commit < 0) {
      throw in.refused("begin " + begin + ", mark " + mark + ", commit " + commit);
    }
    return new Anchor(
        version, sequence, identity, pageBits, segmentBytes, begin, mark, commit, voids, consumers);
  }

  private static int checksum(byte[] bytes, int without) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - without);
    return (int) crc.getValue();
  }
}
