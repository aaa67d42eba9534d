package dev.peregrine.internal.recovery;

import dev.peregrine.CorruptionException;
import dev.peregrine.device.Device;
import dev.peregrine.internal.checkpoint.Manifest;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.internal.hlog.PageScan;
import dev.peregrine.internal.hlog.PageVerifier;
import dev.peregrine.internal.index.IndexReplay;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.internal.record.RecordHeader;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Memory;
import java.util.Arrays;

/**
 * Reads the end of the log: checks each page, puts those that fit in memory into their frames, and
 * the records that the image of the index may lack into the index. One thread.
 */
final class LogLoader implements PageScan.RecordVisitor {
  private final HybridLog log;
  private final Device device;
  private final IndexReplay replay;
  private final RecordFormat format;
  private final RecoveryBuffers buffers;
  private final PageVerifier verifier;
  private final long hashMask;
  private final int pageBytes;
  private final int[] checksums;
  private long replayed;

  LogLoader(
      HybridLog log,
      Device device,
      IndexReplay replay,
      RecordFormat format,
      RecoveryBuffers buffers,
      PageVerifier verifier,
      long hashMask,
      int pageBytes) {
    this.log = log;
    this.device = device;
    this.replay = replay;
    this.format = format;
    this.buffers = buffers;
    this.verifier = verifier;
    this.hashMask = hashMask;
    this.pageBytes = pageBytes;
    this.checksums = new int[PageImage.dataBlocks(pageBytes)];
  }

  /**
   * Loads a part of it; parts are loaded in the order of their addresses.
   *
   * @param from a page's start, from {@link #readFrom} on
   * @param until where it ends: a page's start, or the cut
   * @param tailChecksums those of the blocks below the cut of a page that it divides
   * @param replayFrom records from here on are put into the index
   * @param meter hears what has been read
   */
  void load(long from, long until, int[] tailChecksums, long replayFrom, ProgressMeter meter) {
    requireTail(until, tailChecksums);
    try (ChunkReader reader = reader(from, blockUp(until))) {
      while (reader.next()) {
        for (int at = 0; at < reader.length(); at += pageBytes) {
          long start = reader.offset() + at;
          long end = Math.min(start + pageBytes, until);
          loadPage(start, end, reader.address() + at, tailChecksums, replayFrom);
        }
        meter.add(reader.length());
      }
    }
  }

  /**
   * Checks the first blocks of a page, and loads nothing.
   *
   * @param from the page's start
   * @param expected the checksums of the blocks
   */
  void verifyBlocks(long from, int[] expected) {
    long until = from + (long) expected.length * PageImage.BLOCK_BYTES;
    try (ChunkReader reader = reader(from, until)) {
      // A page lies in one chunk.
      while (reader.next()) {
        verifier.requireBlocks(from, expected.length, reader.address(), expected);
      }
    }
  }

  private ChunkReader reader(long from, long until) {
    return new ChunkReader(
        device, from, until, buffers.address(), buffers.chunkBytes(), device.describe());
  }

  /** Where reading begins: at the page with the first record that is needed. */
  static long readFrom(Manifest.LogPart part, long replayFrom, long head, int pageBytes) {
    long first = Math.max(part.begin(), Math.min(replayFrom, head));
    return Math.min(Alignment.down(first, pageBytes), blockUp(part.cut()));
  }

  /** Says that all of the log has been loaded; returns how many records were put into the index. */
  long finish() {
    replay.finish();
    return replayed;
  }

  @Override
  public void onRecord(long logicalAddress, long physicalAddress, long sizeBytes) {
    long header = Memory.getLong(physicalAddress);
    if (!RecordHeader.isValid(header)) {
      return;
    }
    long previous = RecordHeader.previousAddress(header);
    if (previous >= logicalAddress) {
      throw new CorruptionException(
          "the record at address " + logicalAddress + " says that an older one is at " + previous);
    }
    replay.put(format.hash(physicalAddress) & hashMask, logicalAddress, previous);
    replayed++;
  }

  private void loadPage(long start, long end, long address, int[] tailChecksums, long replayFrom) {
    if (end - start == pageBytes) {
      verifier.requirePage(start / pageBytes, address, checksums);
    } else {
      verifier.requireBlocks(start, tailChecksums.length, address, tailChecksums);
    }
    long first = Math.max(start, LogAddress.FIRST);
    if (Math.max(first, replayFrom) < end) {
      PageScan.scan(address, Math.max(first, replayFrom), end, pageBytes, format, this);
    }
    if (end > log.headAcquire()) {
      Memory.copy(address, log.physical(start), end - start);
      for (int i = 0; end - start < pageBytes && i < tailChecksums.length; i++) {
        log.restoreBlockChecksum(start + (long) i * PageImage.BLOCK_BYTES, tailChecksums[i]);
      }
    }
  }

  private void requireTail(long cut, int[] tailChecksums) {
    long blocks = cut == LogAddress.FIRST ? 0 : cut % pageBytes / PageImage.BLOCK_BYTES;
    if (blocks != tailChecksums.length) {
      throw new CorruptionException(
          "the manifest has "
              + Arrays.toString(tailChecksums)
              + " as checksums of the "
              + blocks
              + " blocks before the cut "
              + cut);
    }
  }

  /** The empty log ends inside a block, of which nothing is on the device. */
  static long blockUp(long cut) {
    return cut == LogAddress.FIRST ? 0 : cut;
  }
}
