package dev.peregrine.internal.recovery;

import dev.peregrine.CorruptionException;
import dev.peregrine.RecoveryProgress;
import dev.peregrine.StoreKind;
import dev.peregrine.VerifyReport;
import dev.peregrine.device.Device;
import dev.peregrine.internal.checkpoint.CheckpointFiles;
import dev.peregrine.internal.checkpoint.Manifest;
import dev.peregrine.internal.hlog.PageIdentity;
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
 * record's size and version, and that the one before it in its chain is where it says; and the
 * index, as it would be recovered from its image and the end of the log, against one built from all
 * of the log: the same chains, and no others. So every search finds what the log holds. One thread.
 */
public final class CheckpointVerifier {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int ALIGNMENT_BITS = 3;

  /** Above it predecessors are only checked to be lower. */
  private static final long MOST_MARKED = Integer.MAX_VALUE;

  private final CheckpointFiles files;
  private final RecoveryPlan plan;
  private final Device log;
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
    this.pageBytes = shape.pageBytes();
    this.format = new RecordFormat(StoreKind.values()[shape.storeKind()]);
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
      Rebuild rebuild = new Rebuild(recovered, rebuilt, replayFrom);
      scanRecords(buffers, meter, rebuild);
      rebuild.recovered.finish();
      requireSameHeads(recovered, rebuilt);
      scanRecords(buffers, meter, new Compare(recovered, rebuilt));
    }
    return new VerifyReport(plan.manifest().token(), pages, records, invalid, meter.read());
  }

  /** First pass: builds both indexes. */
  private final class Rebuild implements PageScan.RecordVisitor {
    private final IndexReplay recovered;
    private final IndexReplay rebuilt;
    private final long replayFrom;
    private final long begin = plan.manifest().log().begin();

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
      long before = rebuilt.put(hash, logicalAddress, previous);
      // Older records than the first one are none of the log any more.
      if (before != (previous < begin ? LogAddress.NONE : previous)) {
        throw new CorruptionException(
            "the record at address "
                + logicalAddress
                + " says that the one before it in its chain is at "
                + previous
                + ", but that is at "
                + before);
      }
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

  /** An entry of the image that leads elsewhere would make a search read what is no record. */
  private void requireSameHeads(HashIndex recovered, HashIndex rebuilt) {
    BitSet heads = new BitSet();
    rebuilt.forEachHead(
        head -> {
          if (isMarked(head)) {
            heads.set((int) (head >>> ALIGNMENT_BITS));
          }
        });
    recovered.forEachHead(
        head -> {
          if (isMarked(head) && !heads.get((int) (head >>> ALIGNMENT_BITS))) {
            throw new CorruptionException(
                "the index of checkpoint "
                    + plan.manifest().token()
                    + " leads to address "
                    + head
                    + ", which no chain of the log begins with");
          }
        });
  }

  private static boolean isMarked(long address) {
    return address >>> ALIGNMENT_BITS <= MOST_MARKED;
  }

  private void requirePredecessor(long address, long previous) {
    boolean inside = previous >= plan.manifest().log().begin();
    boolean marked = isMarked(address);
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
    PageIdentity identity = ManifestChecks.identityOf(plan.manifest());
    PageVerifier verifier = PageVerifier.standalone(pageBytes, log, identity, buffers.checksum());
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
          } else if (part.flushedUntil() == part.cut()) {
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
      PageVerifier asDumped = PageVerifier.ofSnapshot(pageBytes, log, identity, buffers.checksum());
      SnapshotRestorer snapshot = new SnapshotRestorer(files, plan, buffers, asDumped);
      snapshot.requireAllPages();
      snapshot.forEachPage(
          (page, address) -> {
            asDumped.requirePage(page, address, checksums);
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
    return plan.manifest().log().cut();
  }
}
