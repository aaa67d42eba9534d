package dev.peregrine.internal.recovery;

import dev.peregrine.CorruptionException;
import dev.peregrine.StoreKind;
import dev.peregrine.internal.checkpoint.CheckpointFiles;
import dev.peregrine.internal.checkpoint.Manifest;
import dev.peregrine.internal.cpr.SessionCut;
import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.internal.record.LogAddress;

/** What must hold in a manifest, and between those that belong together. */
final class ManifestChecks {
  private ManifestChecks() {}

  private static final int MIN_PAGE_BYTES = 4 << 10;
  private static final int MAX_PAGE_BYTES = 64 << 20;
  private static final long MAX_SEGMENT_BYTES = 1L << 40;
  private static final long MAX_OVERFLOW_COUNT = 0xFFFF_FFFFL;

  /** Throws unless the parts of a manifest with a log agree with each other. */
  static void requireSound(Manifest manifest) {
    requireShape(manifest);
    Manifest.LogPart log = manifest.log();
    require(
        manifest,
        log.begin() >= LogAddress.FIRST
            && log.begin() <= log.flushedUntil()
            && log.flushedUntil() <= log.cut()
            && log.cut() <= LogAddress.MASK,
        "its addresses are out of order: begin "
            + log.begin()
            + ", flushed until "
            + log.flushedUntil()
            + ", cut "
            + log.cut());
    require(
        manifest,
        log.cut() == LogAddress.FIRST || PageImage.isCut(log.cut(), manifest.store().pageBytes()),
        "the log can't be cut at " + log.cut());
    require(
        manifest,
        manifest.snapshot() != null || log.flushedUntil() == log.cut(),
        "the log is not written up to the cut, and there is no snapshot");
    identityOf(manifest);
    requireSnapshot(manifest);
    requireSessions(manifest);
  }

  /** Throws unless a store can have been made so. */
  static void requireShape(Manifest manifest) {
    Manifest.StoreShape shape = manifest.store();
    require(
        manifest,
        shape.storeKind() >= 0 && shape.storeKind() < StoreKind.values().length,
        "there is no kind of store " + shape.storeKind());
    require(
        manifest,
        isPowerOfTwo(shape.pageBytes(), MIN_PAGE_BYTES, MAX_PAGE_BYTES),
        "there are no pages of " + shape.pageBytes() + " bytes");
    require(
        manifest,
        isPowerOfTwo(shape.segmentBytes(), shape.pageBytes(), MAX_SEGMENT_BYTES),
        "there are no segments of " + shape.segmentBytes() + " bytes");
    require(
        manifest,
        isPowerOfTwo(shape.bucketCount(), 1, LogAddress.MASK)
            && shape.overflowCount() >= 1
            && shape.overflowCount() <= MAX_OVERFLOW_COUNT,
        "there is no index of "
            + shape.bucketCount()
            + " and "
            + shape.overflowCount()
            + " overflow buckets");
  }

  private static boolean isPowerOfTwo(long value, long least, long most) {
    return value >= least && value <= most && Long.bitCount(value) == 1;
  }

  /** What the pages of the log say that they are. */
  static PageIdentity identityOf(Manifest manifest) {
    Manifest.LogPart log = manifest.log();
    try {
      return PageIdentity.of(manifest.store().storeId(), log.firstPages(), log.generations());
    } catch (IllegalArgumentException e) {
      throw refused(manifest, e.getMessage());
    }
  }

  /** Throws unless an image of the index goes with a log. */
  static void requireFits(Manifest manifest, Manifest image) {
    Manifest.IndexPart index = image.index();
    require(manifest, index != null, image.token() + " has no image of the index");
    Manifest.LogPart log = manifest.log();
    require(
        manifest,
        index.version() <= log.version()
            && index.notedTail() >= LogAddress.FIRST
            && index.notedTail() <= index.endTail()
            && index.endTail() <= log.cut(),
        "the image of the index of version "
            + index.version()
            + " and addresses "
            + index.notedTail()
            + " to "
            + index.endTail()
            + " does not go with version "
            + log.version()
            + " and cut "
            + log.cut());
    long blocks = (index.bytes() + PageImage.BLOCK_BYTES - 1) / PageImage.BLOCK_BYTES;
    require(
        manifest,
        index.bytes() > 0 && blocks == index.checksums().length,
        "the image of the index has "
            + index.bytes()
            + " bytes and "
            + index.checksums().length
            + " checksums");
  }

  private static void requireSnapshot(Manifest manifest) {
    if (manifest.snapshot() == null) {
      return;
    }
    Manifest.LogPart log = manifest.log();
    int pageBytes = manifest.store().pageBytes();
    long first = log.flushedUntil() / pageBytes;
    long end = log.flushedUntil() == log.cut() ? first : (log.cut() - 1) / pageBytes + 1;
    long before = first - 1;
    long[] pages = manifest.snapshot().pages();
    require(
        manifest,
        pages.length == manifest.snapshot().checksums().length,
        "it has "
            + pages.length
            + " pages and "
            + manifest.snapshot().checksums().length
            + " checksums of them");
    for (long page : pages) {
      require(
          manifest,
          page > before && page < end,
          "its page " + page + " is not one of " + (before + 1) + " to " + (end - 1));
      before = page;
    }
    require(
        manifest,
        manifest.snapshot().base() != null || pages.length == end - first,
        "it has " + pages.length + " pages of " + (end - first));
  }

  private static void requireSessions(Manifest manifest) {
    Manifest.SessionPart sessions = manifest.sessions();
    require(manifest, sessions != null, "it has no sessions part");
    require(
        manifest,
        sessions.version() == manifest.log().version() && sessions.cut() == manifest.log().cut(),
        "its sessions are of version "
            + sessions.version()
            + " and cut "
            + sessions.cut()
            + ", its log is of version "
            + manifest.log().version()
            + " and cut "
            + manifest.log().cut());
    SessionCut before = null;
    for (SessionCut cut : sessions.cuts()) {
      require(
          manifest,
          cut.id() != 0 && (before == null || cut.id() > before.id()),
          "its session " + cut.id() + " is out of order");
      require(
          manifest, cut.serial() >= 0, "session " + cut.id() + " has the serial " + cut.serial());
      long last = 0;
      for (long lost : cut.lostSerials()) {
        require(
            manifest,
            lost > last && lost <= cut.serial(),
            "session " + cut.id() + " has lost the serial " + lost + " out of order");
        last = lost;
      }
      before = cut;
    }
  }

  private static void require(Manifest manifest, boolean holds, String otherwise) {
    if (!holds) {
      throw refused(manifest, otherwise);
    }
  }

  /** The error of a manifest that does not make sense. */
  static CorruptionException refused(Manifest manifest, String reason) {
    return new CorruptionException(
        CheckpointFiles.manifestPath(manifest.token()) + " is refused: " + reason);
  }
}
