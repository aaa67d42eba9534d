package dev.peregrine.internal.checkpoint;

import dev.peregrine.CheckpointKind;
import dev.peregrine.CheckpointToken;
import dev.peregrine.CorruptionException;
import dev.peregrine.internal.codec.FieldReader;
import dev.peregrine.internal.codec.FieldWriter;
import dev.peregrine.internal.cpr.SessionCut;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The bytes of a manifest, little-endian.
 *
 * <pre>
 *   0         8                16               20                       20 + n     24 + n
 *  +---------+----------------+----------------+------------------------+----------+
 *  | magic   | format version | n              | the fields, in order   | CRC32C   |
 *  | 8 bytes | 8 bytes        | 4 bytes        | n bytes                | of all   |
 *  +---------+----------------+----------------+------------------------+----------+
 * </pre>
 *
 * Everything is checked before a field is believed: length, checksum, version; and then each count
 * against the bytes that are left. A part that is absent is one byte 0, one that is there a byte 1
 * and its fields.
 */
public final class ManifestCodec {
  /** The greatest manifest that is read. */
  public static final int MOST_BYTES = 256 << 20;

  private static final long MAGIC = 0x5450_4B43_4E52_4750L; // "PGRNCKPT"
  private static final long FORMAT_VERSION = 1;
  private static final int HEADER_BYTES = 20;
  private static final int CHECKSUM_BYTES = 4;
  private static final CheckpointKind[] KINDS = CheckpointKind.values();

  private ManifestCodec() {}

  /** The bytes of a manifest. */
  public static byte[] encode(Manifest manifest) {
    FieldWriter fields = new FieldWriter();
    token(fields, manifest.token());
    fields.putInt(manifest.kind().ordinal());
    fields.putLong(manifest.createdMillis());
    shape(fields, manifest.store());
    optionalToken(fields, manifest.indexToken());
    if (fields.present(manifest.index() != null)) {
      index(fields, manifest.index());
    }
    if (fields.present(manifest.log() != null)) {
      log(fields, manifest.log());
    }
    if (fields.present(manifest.snapshot() != null)) {
      optionalToken(fields, manifest.snapshot().base());
      fields.putLongs(manifest.snapshot().pages());
      fields.putInts(manifest.snapshot().checksums());
    }
    if (fields.present(manifest.sessions() != null)) {
      sessions(fields, manifest.sessions());
    }
    byte[] body = fields.toByteArray();
    FieldWriter file = new FieldWriter();
    file.putLong(MAGIC);
    file.putLong(FORMAT_VERSION);
    file.putInt(body.length);
    file.putBytes(body);
    byte[] summed = file.toByteArray();
    file.putInt(checksum(summed, summed.length));
    return file.toByteArray();
  }

  /**
   * The manifest of these bytes.
   *
   * @param path for the message
   * @throws CorruptionException naming the path, the offset and what is wrong there
   */
  public static Manifest decode(byte[] bytes, String path) {
    FieldReader in = new FieldReader(bytes, path);
    if (bytes.length < HEADER_BYTES + CHECKSUM_BYTES) {
      throw in.refused("it has " + bytes.length + " bytes, too few for a manifest");
    }
    if (in.getLong() != MAGIC) {
      throw in.refused("this is no manifest of a checkpoint");
    }
    long version = in.getLong();
    int length = in.getInt();
    int summed = bytes.length - CHECKSUM_BYTES;
    FieldReader end = new FieldReader(bytes, path);
    end.skip(summed);
    int expected = end.getInt();
    int actual = checksum(bytes, summed);
    if (expected != actual) {
      throw in.refused(
          String.format("its checksum is %08x, but its bytes have %08x", expected, actual));
    }
    if (version != FORMAT_VERSION) {
      throw in.refused(
          "it has format version " + version + ", and this program reads " + FORMAT_VERSION);
    }
    if (length != summed - HEADER_BYTES) {
      throw in.refused("it says that its fields have " + length + " bytes");
    }
    Manifest manifest = fields(in);
    if (in.position() != summed) {
      throw in.refused("there are bytes behind its fields");
    }
    return manifest;
  }

  private static Manifest fields(FieldReader in) {
    CheckpointToken token = token(in);
    CheckpointKind kind = KINDS[in.getCount(KINDS.length - 1, "kind")];
    long created = in.getLong();
    Manifest.StoreShape shape = shape(in);
    CheckpointToken indexToken = optionalToken(in);
    Manifest.IndexPart index = in.present() ? index(in) : null;
    Manifest.LogPart log = in.present() ? log(in) : null;
    Manifest.SnapshotPart snapshot =
        in.present()
            ? new Manifest.SnapshotPart(optionalToken(in), in.getLongs(), in.getInts())
            : null;
    Manifest.SessionPart sessions = in.present() ? sessions(in) : null;
    return new Manifest(token, kind, created, shape, indexToken, index, log, snapshot, sessions);
  }

  private static void token(FieldWriter out, CheckpointToken token) {
    out.putLong(token.sequence());
    out.putLong(token.salt());
  }

  private static CheckpointToken token(FieldReader in) {
    long sequence = in.getLong();
    long salt = in.getLong();
    try {
      return new CheckpointToken(sequence, salt);
    } catch (IllegalArgumentException e) {
      throw in.refused(e.getMessage());
    }
  }

  private static void optionalToken(FieldWriter out, CheckpointToken token) {
    if (out.present(token != null)) {
      token(out, token);
    }
  }

  private static CheckpointToken optionalToken(FieldReader in) {
    return in.present() ? token(in) : null;
  }

  private static void shape(FieldWriter out, Manifest.StoreShape shape) {
    out.putLong(shape.storeId());
    out.putInt(shape.storeKind());
    out.putInt(shape.hashId());
    out.putInt(shape.pageBytes());
    out.putLong(shape.segmentBytes());
    out.putLong(shape.bucketCount());
    out.putLong(shape.overflowCount());
  }

  private static Manifest.StoreShape shape(FieldReader in) {
    return new Manifest.StoreShape(
        in.getLong(),
        in.getInt(),
        in.getInt(),
        in.getInt(),
        in.getLong(),
        in.getLong(),
        in.getLong());
  }

  private static void index(FieldWriter out, Manifest.IndexPart index) {
    out.putLong(index.version());
    out.putLong(index.notedTail());
    out.putLong(index.endTail());
    out.putLong(index.bytes());
    out.putLong(index.overflowUsed());
    out.putInts(index.checksums());
  }

  private static Manifest.IndexPart index(FieldReader in) {
    return new Manifest.IndexPart(
        in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getInts());
  }

  private static void log(FieldWriter out, Manifest.LogPart log) {
    out.putLong(log.version());
    out.putLong(log.begin());
    out.putLong(log.flushedUntil());
    out.putLong(log.cut());
    out.putLongs(log.firstPages());
    out.putInts(log.generations());
    out.putInts(log.tailChecksums());
  }

  private static Manifest.LogPart log(FieldReader in) {
    return new Manifest.LogPart(
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLongs(),
        in.getInts(),
        in.getInts());
  }

  private static void sessions(FieldWriter out, Manifest.SessionPart part) {
    out.putLong(part.version());
    out.putLong(part.cut());
    out.putInt(part.cuts().size());
    for (SessionCut cut : part.cuts()) {
      out.putLong(cut.id());
      out.putLong(cut.serial());
      out.putLongs(cut.lostSerials());
    }
  }

  private static Manifest.SessionPart sessions(FieldReader in) {
    long version = in.getLong();
    long cutAddress = in.getLong();
    int count = in.getCount(in.remaining(), "sessions");
    List<SessionCut> cuts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      cuts.add(new SessionCut(in.getLong(), in.getLong(), in.getLongs()));
    }
    return new Manifest.SessionPart(version, cutAddress, List.copyOf(cuts));
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, length);
    return (int) sum.getValue();
  }
}
