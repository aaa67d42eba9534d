package dev.peregrine.internal.hlog;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.memory.NativeRegion;
import dev.peregrine.memory.Slices;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** One slot of the block checksums, which two pages want: a reader sees one of them whole. */
public class ChecksumTablesTests {
  private static final int PAGE_BYTES = 32 << 10;
  private static final int BLOCKS = PageImage.dataBlocks(PAGE_BYTES);
  private static final long PAGE = 3;
  private static final long OTHER_PAGE = PAGE + ChecksumTables.MIN_SLOTS;
  private static final int SUM = 1;
  private static final int OTHER_SUM = 2;
  private static final long TABLE = table(SUM);
  private static final long OTHER_TABLE = table(OTHER_SUM);

  private static long table(int sum) {
    // Not one of the ring of slices, which comes round.
    long table = NativeRegion.reserve(PAGE_BYTES).address();
    for (int block = 0; block < BLOCKS; block++) {
      PageImage.putBlockChecksum(table, block, sum);
    }
    return table;
  }

  private abstract static class Slot {
    final ChecksumTables tables =
        new ChecksumTables(
            PAGE_BYTES,
            ChecksumTables.minBytes(PAGE_BYTES),
            Slices.take(ChecksumTables.minBytes(PAGE_BYTES)));
    private final int[] into = new int[BLOCKS];

    /** The checksum that all blocks of the page have; 0 for a miss, −1 if they differ. */
    int find(long page) {
      if (!tables.find(page, 0, BLOCKS, into)) {
        return 0;
      }
      for (int sum : into) {
        if (sum != into[0]) {
          return -1;
        }
      }
      return into[0];
    }
  }

  /** A table is put while another one is looked up that was there. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "still there")
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "a miss: replaced, or being replaced")
  @Outcome(expect = FORBIDDEN, desc = "checksums of another page, or of two")
  @State
  public static class ReplaceAgainstFind extends Slot {
    public ReplaceAgainstFind() {
      tables.put(PAGE, TABLE);
    }

    @Actor
    public void writer() {
      tables.put(OTHER_PAGE, OTHER_TABLE);
    }

    @Actor
    public void reader(I_Result r) {
      r.r1 = find(PAGE);
    }
  }

  /** A table is put while it is looked up. */
  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "there already")
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "a miss: not there yet")
  @Outcome(expect = FORBIDDEN, desc = "checksums of another page, or of two")
  @State
  public static class PutAgainstFind extends Slot {
    public PutAgainstFind() {
      tables.put(PAGE, TABLE);
    }

    @Actor
    public void writer() {
      tables.put(OTHER_PAGE, OTHER_TABLE);
    }

    @Actor
    public void reader(I_Result r) {
      r.r1 = find(OTHER_PAGE);
    }
  }

  /** Two pages are put at once: one is there in the end, whole, and the slot is not left locked. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the first came last, or alone")
  @Outcome(id = "0, 2", expect = ACCEPTABLE, desc = "the other came last, or alone")
  @Outcome(expect = FORBIDDEN, desc = "none, both, or a mixture")
  @State
  public static class TwoPuts extends Slot {
    @Actor
    public void first() {
      tables.put(PAGE, TABLE);
    }

    @Actor
    public void second() {
      tables.put(OTHER_PAGE, OTHER_TABLE);
    }

    @Arbiter
    public void end(II_Result r) {
      r.r1 = find(PAGE);
      r.r2 = find(OTHER_PAGE);
    }
  }
}
