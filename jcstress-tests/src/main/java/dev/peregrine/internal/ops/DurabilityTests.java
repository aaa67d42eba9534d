package dev.peregrine.internal.ops;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;

/** What a session is told to be durable, by the coordinator, while it and others look. */
public class DurabilityTests {

  /** The serial never goes back, and the listener is never told more than there is. */
  @JCStressTest
  @Outcome(
      id = {"0, 0, 0", "0, 4, 0", "0, 9, 0", "0, 4, 4", "0, 9, 4", "0, 9, 9"},
      expect = ACCEPTABLE,
      desc = "told while the session looked")
  @Outcome(
      id = {"4, 4, 4", "4, 9, 4", "4, 9, 9", "9, 9, 9"},
      expect = ACCEPTABLE,
      desc = "told before")
  @Outcome(expect = FORBIDDEN, desc = "back in time, or the listener knows too much")
  @State
  public static class CommittedAgainstReport {
    private final Durability durability = new Durability();
    private long told;

    public CommittedAgainstReport() {
      durability.start();
      durability.listener(serial -> told = serial);
    }

    @Actor
    public void coordinator() {
      durability.committed(4);
      durability.committed(9);
    }

    @Actor
    public void session(JJJ_Result r) {
      r.r1 = durability.serial();
      durability.report();
      r.r3 = told;
      r.r2 = durability.serial();
    }
  }
}
