package dev.peregrine.internal.recovery;

import dev.peregrine.CorruptionException;
import dev.peregrine.RecoveryProgress;
import dev.peregrine.StoreKind;
import dev.peregrine.VerifyReport;
import dev.peregrine.device.Device;
import dev.peregrine.internal.checkpoint.CheckpointFiles;
import dev.peregrine.internal.checkpoint.Manifest;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.internal.hlog.PageScan;
import dev.peregrine.internal.hlog.PageVerifier;
import dev.peregrine.internal.index.HashIndex;
import dev.peregrine.internal.index.IndexReplay;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.internal.record.RecordHeader;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.util.BitSet;

/**
 * Verifies a checkpoint deeply, without changing anything: every byte against its checksum; every
 * record's size, version and predecessor; and the index, as it would be recovered from its image
 * and the end of the log, against one built from all of the log. One thread.
 */
public final class CheckpointVerifier {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int ALIGNMENT_BITS = 3;

  /** Above it predecessors are only checked to be lower. */
  private static final long MOST_MARKED = Integer.MAX_VALUE;

  private final CheckpointFiles files;
  private final RecoveryPlan plan;
  private final Device log;
  private final StoreKind kind;
  private final int pageBytes;
  private final RecordFormat format;
  private final BitSet starts = new BitSet();
  private long pages;
  private long records;
  private long invalid;

  /**
   * @param files of the volume
   * @param plan the checkpoint
   * @param log the segments of the log, which the caller closes
   */
  public CheckpointVerifier(CheckpointFiles files, RecoveryPlan plan, Device log) {
    this.files = files;
    this.plan = plan;
    this.log = log;
    Manifest.StoreShape shape = plan.manifest().store();
    StoreKind[] kinds = StoreKind.values();
    if (shape.storeKind() < 0 || shape.storeKind() >= kinds.length) {
      throw ManifestChecks.refused(plan.manifest(), "there is no kind " + shape.storeKind());
    }
    this.kind = kinds[shape.storeKind()];
    this.pageBytes = shape.pageBytes();
    this.format = new RecordFormat(kind);
  }

  /**
   * Verifies it.
   *
   * @param listener hears how far it is
   * @throws CorruptionException the first thing that is wrong
   */
  public VerifyReport verify(RecoveryProgress listener) {
    Manifest.StoreShape shape = plan.manifest().store();
    int chunkBytes = Math.max(CHUNK_BYTES, pageBytes);
    long indexBytes = plan.index() == null ? 0 : plan.index().index().bytes();
    ProgressMeter meter = new ProgressMeter(listener, indexBytes + 2 * logBytes());
    try (NativeRegion region = NativeRegion.reserve(ChunkReader.buffersBytes(chunkBytes));
        HashIndex recovered = new HashIndex(shape.bucketCount(), shape.overflowCount());
        HashIndex rebuilt = new HashIndex(shape.bucketCount(), shape.overflowCount())) {
      RecoveryBuffers buffers = RecoveryBuffers.at(region.address(), chunkBytes);
      long replayFrom = plan.manifest().log().begin();
      if (plan.index() != null) {
        long begin = plan.manifest().log().begin();
        new IndexLoader(files, buffers).load(recovered, plan.index(), begin, meter);
        replayFrom = plan.index().index().notedTail();
      }
      scanRecords(buffers, meter, new Rebuild(recovered, rebuilt, replayFrom));
      scanRecords(buffers, meter, new Compare(recovered, rebuilt));
    }
    return new VerifyReport(plan.manifest().token(), pages, records, invalid, meter.read());
  }

  /** First pass: builds both indexes. */
  private final class Rebuild implements PageScan.RecordVisitor {
    private final IndexReplay recovered;
    private final IndexReplay rebuilt;
    private final long replayFrom;

    Rebuild(HashIndex recovered, HashIndex rebuilt, long replayFrom) {
      this.recovered = new IndexReplay(recovered);
      this.rebuilt = new IndexReplay(rebuilt);
      this.replayFrom = replayFrom;
    }

    @Override
    public void onRecord(long logicalAddress, long physicalAddress, long sizeBytes) {
      long header = Memory.getLong(physicalAddress);
      if (!RecordHeader.isValid(header)) {
        invalid++;
        return;
      }
      records++;
      long previous = RecordHeader.previousAddress(header);
      requirePredecessor(logicalAddress, previous);
      requireVersion(logicalAddress, RecordHeader.version(header));
      long hash = format.hash(physicalAddress);
      rebuilt.put(hash, logicalAddress, previous);
      if (logicalAddress >= replayFrom) {
        recovered.put(hash, logicalAddress, previous);
      }
    }
  }

  /** Second pass: both indexes lead every key to the same chain. */
  private final class Compare implements PageScan.RecordVisitor {
    private final HashIndex recovered;
    private final HashIndex rebuilt;

    Compare(HashIndex recovered, HashIndex rebuilt) {
      this.recovered = recovered;
      this.rebuilt = rebuilt;
    }

    @Override
    public void onRecord(long logicalAddress, long physicalAddress, long sizeBytes) {
      if (!RecordHeader.isValid(Memory.getLong(physicalAddress))) {
        return;
      }
      long hash = format.hash(physicalAddress);
      long head = recovered.find(hash);
      if (head != rebuilt.find(hash) || head < logicalAddress) {
        throw new CorruptionException(
            "the index of checkpoint "
                + plan.manifest().token()
                + " leads the key of the record at "
                + logicalAddress
                + " to "
                + head
                + ", but the log to "
                + rebuilt.find(hash));
      }
    }
  }

  private void requirePredecessor(long address, long previous) {
    boolean inside = previous >= plan.manifest().log().begin();
    boolean marked = address >>> ALIGNMENT_BITS <= MOST_MARKED;
    if (previous >= address
        || inside && marked && !starts.get((int) (previous >>> ALIGNMENT_BITS))) {
      throw new CorruptionException(
          "the record at address "
              + address
              + " says that an older one is at "
              + previous
              + ", where none is");
    }
    if (marked) {
      starts.set((int) (address >>> ALIGNMENT_BITS));
    }
  }

  /** Records are appended in the order of their versions, up to the checkpoint's. */
  private void requireVersion(long address, long version) {
    long last = plan.manifest().log().version();
    if (last < RecordHeader.VERSIONS && version > last) {
      throw new CorruptionException(
          "the record at address " + address + " is of version " + version + ", after " + last);
    }
  }

  private void scanRecords(
      RecoveryBuffers buffers, ProgressMeter meter, PageScan.RecordVisitor visitor) {
    Manifest.LogPart part = plan.manifest().log();
    pages = 0;
    PageVerifier verifier =
        PageVerifier.standalone(
            pageBytes, log, ManifestChecks.identityOf(plan.manifest()), buffers.checksum());
    int[] checksums = new int[PageImage.dataBlocks(pageBytes)];
    // Nothing is on the device of a log that was written up to its first address.
    long end = part.flushedUntil() == LogAddress.FIRST ? 0 : part.flushedUntil();
    try (ChunkReader reader =
        new ChunkReader(log, 0, end, buffers.address(), buffers.chunkBytes(), log.describe())) {
      while (reader.next()) {
        for (int at = 0; at < reader.length(); at += pageBytes) {
          long start = reader.offset() + at;
          long stop = Math.min(start + pageBytes, end);
          if (stop - start == pageBytes) {
            verifier.requirePage(start / pageBytes, reader.address() + at, checksums);
          } else if (plan.snapshots().isEmpty()) {
            verifier.requireBlocks(
                start, part.tailChecksums().length, reader.address() + at, part.tailChecksums());
          } else {
            // The snapshot has the whole page.
            continue;
          }
          scanPage(reader.address() + at, start, stop, visitor);
        }
        meter.add(reader.length());
      }
    }
    if (!plan.snapshots().isEmpty()) {
      new SnapshotRestorer(files, plan, buffers, verifier)
          .forEachPage(
              (page, address) -> {
                verifier.requirePage(page, address, checksums);
                long start = page * pageBytes;
                scanPage(address, start, Math.min(start + pageBytes, part.cut()), visitor);
                meter.add(pageBytes);
              });
    }
  }

  private void scanPage(long address, long start, long stop, PageScan.RecordVisitor visitor) {
    pages++;
    long first = Math.max(start, plan.manifest().log().begin());
    if (first < stop) {
      PageScan.scan(address, first, stop, pageBytes, format, visitor);
    }
  }

  private long logBytes() {
    Manifest.LogPart part = plan.manifest().log();
    return part.cut();
  }
}
