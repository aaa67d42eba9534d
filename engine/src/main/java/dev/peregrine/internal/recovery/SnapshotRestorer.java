package dev.peregrine.internal.recovery;

import dev.peregrine.CorruptionException;
import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.QueueMode;
import dev.peregrine.internal.checkpoint.CheckpointFiles;
import dev.peregrine.internal.checkpoint.Manifest;
import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.internal.hlog.PageVerifier;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * Puts the pages of a snapshot, and of those that it continues, to their places in the log, as
 * pages of this run, so that the rest of a recovery is the same as after a fold-over. Blocks below
 * where the log was written already are not written again: they are the same, and older checkpoints
 * need them. One thread.
 */
final class SnapshotRestorer implements CompletionSink {
  private static final long WAIT_NANOS = 10_000_000;

  private final CheckpointFiles files;
  private final RecoveryPlan plan;
  private final RecoveryBuffers buffers;
  private final PageVerifier verifier;
  private final int pageBytes;
  private final int[] checksums;
  private int[] tailChecksums = {};
  private int[] writtenChecksums = {};
  private DeviceException failure;
  private Manifest reading;

  /** Takes the images of pages. */
  interface PageSink {
    void take(long page, long address);
  }

  SnapshotRestorer(
      CheckpointFiles files, RecoveryPlan plan, RecoveryBuffers buffers, PageVerifier verifier) {
    this.files = files;
    this.plan = plan;
    this.buffers = buffers;
    this.verifier = verifier;
    this.pageBytes = plan.manifest().store().pageBytes();
    this.checksums = new int[PageImage.dataBlocks(pageBytes)];
    this.reading = plan.manifest();
  }

  /** The snapshot that was read last: the one that is damaged if {@link #verify} throws. */
  Manifest reading() {
    return reading;
  }

  /** Reads and checks all pages; changes nothing. */
  void verify(ProgressMeter meter) {
    long flushedUntil = plan.manifest().log().flushedUntil();
    long first = flushedUntil / pageBytes;
    long cut = plan.manifest().log().cut();
    requireAllPages();
    forEachPage(
        (page, address) -> {
          verifier.requirePage(page, address, checksums);
          if (page == cut / pageBytes) {
            tailChecksums = Arrays.copyOf(checksums, blocksBelow(cut));
          }
          if (page == first) {
            writtenChecksums = Arrays.copyOf(checksums, blocksBelow(blockOf(flushedUntil)));
          }
          meter.add(pageBytes);
        });
  }

  /** Throws unless every page up to the cut is in a snapshot or in the log. */
  void requireAllPages() {
    long next = plan.manifest().log().flushedUntil() / pageBytes;
    long end = (plan.manifest().log().cut() - 1) / pageBytes + 1;
    for (Place place : places()) {
      if (place.page() != next) {
        break;
      }
      next++;
    }
    if (next < end) {
      throw new CorruptionException(
          CheckpointFiles.pagesPath(plan.manifest().token())
              + " is refused: neither it nor what it continues has page "
              + next);
    }
  }

  /**
   * The checksums of the blocks below the cut of a page that it divides; after {@link #verify}. Of
   * no use if the log's own segments have that page.
   */
  int[] tailChecksums() {
    return tailChecksums;
  }

  /**
   * The checksums of the blocks that the log's own segments have of the first page in a snapshot;
   * after {@link #verify}.
   */
  int[] writtenChecksums() {
    return writtenChecksums;
  }

  /**
   * Writes all pages to the log and makes them durable.
   *
   * @param identity what they will say that they are
   */
  void restore(Device log, PageIdentity identity) {
    long from = plan.manifest().log().flushedUntil();
    long cut = plan.manifest().log().cut();
    log.ensureCapacity(cut);
    try (DeviceQueue queue = log.openQueue(1, QueueMode.SINGLE_THREAD)) {
      forEachPage(
          (page, address) -> {
            long start = Math.max(page * pageBytes, blockOf(from));
            long end = Math.min((page + 1) * pageBytes, cut);
            if (start < end) {
              int generation = identity.generationOf(page);
              PageImage.moveToLog(address, pageBytes, generation, buffers.checksum());
              long source = address + (start - page * pageBytes);
              queue.write(start, source, (int) (end - start), page);
              while (queue.inFlight() > 0) {
                queue.await(this, 1, WAIT_NANOS);
              }
              if (failure != null) {
                throw failure;
              }
            }
          });
    }
    log.sync();
  }

  @Override
  public void onCompletion(long token, int bytes) {}

  @Override
  public void onFailure(long token, DeviceException cause) {
    failure = cause;
  }

  /** Gives each page of the log that is not in its own segments, in ascending order. */
  void forEachPage(PageSink sink) {
    List<Place> places = places();
    for (int from = 0; from < places.size(); ) {
      int to = from + 1;
      while (to < places.size() && places.get(to).follows(places.get(to - 1))) {
        to++;
      }
      readRun(places.subList(from, to), sink);
      from = to;
    }
  }

  /** An older image of the page would verify itself. */
  private void requireImage(Place place, long address, String path) {
    int expected = place.link().snapshot().checksums()[place.position()];
    int actual = PageImage.pageChecksum(address, pageBytes);
    if (actual != expected) {
      throw new CorruptionException(
          String.format(
              "%s is damaged at offset %d: it has an image of page %d with the checksum %08x, and"
                  + " was written with %08x",
              path, (long) place.position() * pageBytes, place.page(), actual, expected));
    }
  }

  /** Where a page's newest image is. */
  private record Place(long page, Manifest link, int position) {
    boolean follows(Place before) {
      return link == before.link && position == before.position + 1;
    }
  }

  private List<Place> places() {
    TreeMap<Long, Place> newest = new TreeMap<>();
    long first = plan.manifest().log().flushedUntil() / pageBytes;
    for (Manifest link : plan.snapshots()) {
      long[] pages = link.snapshot().pages();
      for (int i = 0; i < pages.length; i++) {
        // What is in the log by now was final when it was written there.
        if (pages[i] >= first) {
          newest.putIfAbsent(pages[i], new Place(pages[i], link, i));
        }
      }
    }
    return List.copyOf(newest.values());
  }

  private void readRun(List<Place> run, PageSink sink) {
    Manifest link = run.getFirst().link();
    reading = link;
    long bytes = (long) link.snapshot().pages().length * pageBytes;
    long from = (long) run.getFirst().position() * pageBytes;
    long end = from + (long) run.size() * pageBytes;
    String path = CheckpointFiles.pagesPath(link.token());
    try (Device device = files.openPages(link.token(), bytes, link.store().segmentBytes());
        ChunkReader reader =
            new ChunkReader(device, from, end, buffers.address(), buffers.chunkBytes(), path)) {
      while (reader.next()) {
        for (int at = 0; at < reader.length(); at += pageBytes) {
          Place place = run.get((int) ((reader.offset() + at - from) / pageBytes));
          requireImage(place, reader.address() + at, path);
          sink.take(place.page(), reader.address() + at);
        }
      }
    }
  }

  /** The log begins inside a block. */
  private static long blockOf(long address) {
    return address / PageImage.BLOCK_BYTES * PageImage.BLOCK_BYTES;
  }

  private int blocksBelow(long cut) {
    return (int) (cut % pageBytes) / PageImage.BLOCK_BYTES;
  }
}
