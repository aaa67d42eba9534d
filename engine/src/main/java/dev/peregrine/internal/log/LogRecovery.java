package dev.peregrine.internal.log;

import dev.peregrine.CorruptionException;
import dev.peregrine.device.Device;
import dev.peregrine.internal.codec.FieldReader;
import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Finds the end of the committed log: walks the extents from the anchor's mark on, each checked as
 * a whole, to the first that is not good, and takes the end of the last commit before it.
 *
 * <p>Whether the bad extent is damage or what a power cut left is told by what is kept apart from
 * it: the anchor's mark, {@link DurableMarks}, and {@code durable until} in the headers behind it.
 * If one of them is above its address, it had been durable: that is damage, and refused. It changes
 * nothing.
 */
final class LogRecovery {
  private final Device device;
  private final Anchor anchor;

  /** Up to where the log is known to have been durable. */
  private final long durable;

  private final PageIdentity identity;
  private final int pageBytes;
  private final PageReads reads;

  private long end;
  private long commit;
  private List<ConsumerPosition> consumers;
  private List<ConsumerPosition> pendingConsumers;

  private LogRecovery(Device device, Anchor anchor, long marked, PageReads reads) {
    this.device = device;
    this.anchor = anchor;
    this.durable = Math.max(marked, anchor.mark());
    this.identity = anchor.identity();
    this.pageBytes = anchor.pageBytes();
    this.reads = reads;
    this.end = anchor.mark();
    this.commit = anchor.commit();
    this.consumers = anchor.consumers();
  }

  /**
   * Finds the end.
   *
   * @param marked up to where {@link DurableMarks} say that the log is durable
   * @param problems go into the result
   * @throws CorruptionException if committed bytes are damaged or missing
   */
  static FoundLog find(Device device, Anchor anchor, long marked, List<String> problems) {
    long firstPage = Alignment.down(anchor.begin(), anchor.pageBytes());
    if (device.beginOffset() > firstPage) {
      throw new CorruptionException(
          "the log begins at address "
              + anchor.begin()
              + ", and its files at "
              + device.beginOffset());
    }
    try (PageReads reads = new PageReads(device, anchor.pageBytes())) {
      return new LogRecovery(device, anchor, marked, reads).find(firstPage, problems);
    }
  }

  private FoundLog find(long firstPage, List<String> problems) {
    long address = Math.max(Alignment.down(anchor.mark() - 1, pageBytes), firstPage);
    String problem = null;
    while (problem == null) {
      long page = Alignment.down(address, pageBytes);
      if (page + pageBytes > device.endOffset()) {
        problem = "the log's files end";
        break;
      }
      long at = readPage(page);
      while (problem == null && address < page + pageBytes) {
        long header = at + (address - page);
        problem = problemOf(header, address, page + pageBytes);
        if (problem == null) {
          address += take(header, address);
        }
      }
    }
    if (address < durable) {
      throw damaged(address, problem, durable);
    }
    long torn = lookBehind(address, problem);
    Anchor now =
        new Anchor(
            anchor.version(),
            anchor.sequence(),
            identity,
            anchor.pageBits(),
            anchor.segmentBytes(),
            anchor.begin(),
            anchor.mark(),
            anchor.commit(),
            anchor.voids(),
            consumers);
    return new FoundLog(now, end, commit, torn - end, problems);
  }

  private long readPage(long page) {
    long at = reads.read(page, pageBytes);
    if (page + 2L * pageBytes <= device.endOffset()) {
      reads.readAhead(page + pageBytes, pageBytes);
    }
    return at;
  }

  private String problemOf(long header, long address, long pageEnd) {
    String problem =
        ExtentHeader.headerProblem(
            header, address, pageEnd - address, anchor.version(), identity, reads.checksum());
    return problem != null ? problem : ExtentHeader.bodyProblem(header, reads.checksum());
  }

  /** Takes an extent that is good. */
  private long take(long header, long address) {
    long length = ExtentHeader.length(header);
    if (address + length > anchor.mark()) {
      takePositions(header, length);
      if (ExtentHeader.isCommit(header)) {
        end = address + length;
        commit = ExtentHeader.commit(header);
        consumers = pendingConsumers != null ? pendingConsumers : consumers;
        pendingConsumers = null;
      }
    }
    return length;
  }

  private void takePositions(long header, long length) {
    long offset = ExtentHeader.BYTES;
    while (offset < length) {
      long word = Memory.getLong(header + offset);
      if (word == 0) {
        return;
      }
      long bytes = EntryHeader.length(word);
      if (EntryHeader.kind(word) == EntryHeader.POSITIONS) {
        byte[] positions = new byte[(int) Math.min(bytes, length - offset - EntryHeader.BYTES)];
        MemorySegment target = MemorySegment.ofArray(positions);
        Memory.copyOut(header + offset + EntryHeader.BYTES, target, 0, positions.length);
        pendingConsumers =
            ConsumerPosition.read(new FieldReader(positions, "the positions of consumers"));
      }
      offset += EntryHeader.sizeOf(bytes);
    }
  }

  /**
   * Looks behind a bad extent for one that proves that it was durable.
   *
   * @return where the last extent ends that somebody wrote there
   */
  private long lookBehind(long bad, String problem) {
    long last = Math.max(bad, end);
    for (long page = Alignment.down(bad, pageBytes);
        page + pageBytes <= device.endOffset();
        page += pageBytes) {
      long at = readPage(page);
      long block = Math.max(page, Alignment.down(bad, PageImage.BLOCK_BYTES));
      for (; block < page + pageBytes; block += PageImage.BLOCK_BYTES) {
        long header = at + (block - page);
        long most = page + pageBytes - block;
        if (ExtentHeader.isHeader(Memory.getLong(header))
            && ExtentHeader.headerProblem(
                    header, block, most, anchor.version(), identity, reads.checksum())
                == null) {
          if (ExtentHeader.durableUntil(header) > bad) {
            throw damaged(bad, problem, ExtentHeader.durableUntil(header));
          }
          last = Math.max(last, block + ExtentHeader.length(header));
        }
      }
    }
    return last;
  }

  private CorruptionException damaged(long address, String problem, long durable) {
    return new CorruptionException(
        "the log is damaged at address "
            + address
            + ", "
            + device.describe()
            + ", though it was durable up to "
            + durable
            + ": "
            + problem);
  }
}
