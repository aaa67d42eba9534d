package dev.peregrine.internal.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.memory.Checksum;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.Slices;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/** The first word of an extent's header, which a reader of the log's tail comes across. */
public class ExtentHeaderTests {
  private static final int EXTENT_BYTES = 128;
  private static final PageIdentity IDENTITY = PageIdentity.create(1);

  /** The worker seals an extent that a reader steps over: it sees no header, or all of it. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "no header yet")
  @Outcome(id = "4096", expect = ACCEPTABLE, desc = "a header, with its address")
  @Outcome(expect = FORBIDDEN, desc = "half a header")
  @State
  public static class SealAgainstTailReader {
    private final long at = Slices.take(EXTENT_BYTES);
    private final Checksum checksum = new Checksum(at, EXTENT_BYTES);

    @Actor
    public void worker() {
      ExtentHeader.seal(at, 4096, EXTENT_BYTES, LogFormat.LATEST, IDENTITY, 64, 1, checksum);
    }

    @Actor
    public void reader(J_Result r) {
      boolean there = ExtentHeader.isHeader(Memory.getLongAcquire(at));
      r.r1 = there ? ExtentHeader.address(at) : 0;
    }
  }
}
