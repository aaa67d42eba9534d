package dev.peregrine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.LLJ_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * Operations of two sessions on one key of a store of 8-byte values, all in the mutable region: the
 * index entry, the header word and the value word together, as an embedder uses them.
 */
public class LongSessionTests {
  private static final LongUpdateFunction ADD =
      new LongUpdateFunction() {
        @Override
        public long initial(long argument) {
          return argument;
        }

        @Override
        public long update(long value, long argument) {
          return value + argument;
        }
      };

  private abstract static class OneKey {
    static final SharedStore STORE = new SharedStore(StoreKind.LONG_TO_LONG);

    final long key = STORE.takeKey();

    static Session session() {
      return STORE.session();
    }

    long value() {
      return session().read(key) == Status.FOUND ? session().longValue() : -1;
    }
  }

  /** Two additions in place: one by add, one by function. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "both counted")
  @Outcome(expect = FORBIDDEN, desc = "an update is lost")
  @State
  public static class TwoAdds extends OneKey {
    public TwoAdds() {
      session().upsert(key, -10);
    }

    @Actor
    public void first() {
      session().add(key, 5);
    }

    @Actor
    public void second() {
      session().rmw(key, ADD, 6);
    }

    @Arbiter
    public void end(J_Result r) {
      r.r1 = value();
    }
  }

  /** Two additions to an absent key: one creates it, the other adds. */
  @JCStressTest
  @Outcome(id = "UPDATED, CREATED, 11", expect = ACCEPTABLE, desc = "the second created it")
  @Outcome(id = "CREATED, UPDATED, 11", expect = ACCEPTABLE, desc = "the first created it")
  @Outcome(expect = FORBIDDEN, desc = "an update is lost, or created twice")
  @State
  public static class TwoFirstAdds extends OneKey {
    public TwoFirstAdds() {
      session().delete(key);
    }

    @Actor
    public void first(LLJ_Result r) {
      r.r1 = session().add(key, 5);
    }

    @Actor
    public void second(LLJ_Result r) {
      r.r2 = session().add(key, 6);
    }

    @Arbiter
    public void end(LLJ_Result r) {
      r.r3 = value();
    }
  }

  /** Two conditional inserts: one gets in. */
  @JCStressTest
  @Outcome(id = "CREATED, FOUND, 5", expect = ACCEPTABLE, desc = "the first got in")
  @Outcome(id = "FOUND, CREATED, 6", expect = ACCEPTABLE, desc = "the second got in")
  @Outcome(expect = FORBIDDEN, desc = "both got in, or none")
  @State
  public static class TwoConditionalInserts extends OneKey {
    public TwoConditionalInserts() {
      session().delete(key);
    }

    @Actor
    public void first(LLJ_Result r) {
      r.r1 = session().insertIfAbsent(key, 5);
    }

    @Actor
    public void second(LLJ_Result r) {
      r.r2 = session().insertIfAbsent(key, 6);
    }

    @Arbiter
    public void end(LLJ_Result r) {
      r.r3 = value();
    }
  }

  /** A deletion against an addition. */
  @JCStressTest
  @Outcome(id = "DELETED, UPDATED, -1", expect = ACCEPTABLE, desc = "added, then deleted")
  @Outcome(id = "DELETED, CREATED, 5", expect = ACCEPTABLE, desc = "deleted, then created")
  @Outcome(expect = FORBIDDEN, desc = "the deleted value came back, or a creation was lost")
  @State
  public static class DeleteAgainstAdd extends OneKey {
    public DeleteAgainstAdd() {
      session().upsert(key, 100);
    }

    @Actor
    public void deleter(LLJ_Result r) {
      r.r1 = session().delete(key);
    }

    @Actor
    public void adder(LLJ_Result r) {
      r.r2 = session().add(key, 5);
    }

    @Arbiter
    public void end(LLJ_Result r) {
      r.r3 = value();
    }
  }

  /** Two deletions: one of them finds the value. */
  @JCStressTest
  @Outcome(id = "DELETED, NOT_FOUND", expect = ACCEPTABLE, desc = "the first deleted it")
  @Outcome(id = "NOT_FOUND, DELETED", expect = ACCEPTABLE, desc = "the second deleted it")
  @Outcome(expect = FORBIDDEN, desc = "both or none deleted it")
  @State
  public static class TwoDeletes extends OneKey {
    public TwoDeletes() {
      session().upsert(key, 100);
    }

    @Actor
    public void first(LL_Result r) {
      r.r1 = session().delete(key);
    }

    @Actor
    public void second(LL_Result r) {
      r.r2 = session().delete(key);
    }
  }

  /** Publication of a new record: a reader finds nothing, or all of it; and does not go back. */
  @JCStressTest
  @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "-1, 7", expect = ACCEPTABLE, desc = "between")
  @Outcome(id = "7, 7", expect = ACCEPTABLE, desc = "after")
  @Outcome(expect = FORBIDDEN, desc = "half a record, or back in time")
  @State
  public static class PublishAgainstRead extends OneKey {
    public PublishAgainstRead() {
      session().delete(key);
    }

    @Actor
    public void writer() {
      session().upsert(key, 7);
    }

    @Actor
    public void reader(JJ_Result r) {
      r.r1 = value();
      r.r2 = value();
    }
  }

  /** An addition against a new value: one of them comes last. */
  @JCStressTest
  @Outcome(id = "105, 7", expect = ACCEPTABLE, desc = "added to the old value, then replaced")
  @Outcome(id = "12, 12", expect = ACCEPTABLE, desc = "replaced, then added")
  @Outcome(expect = FORBIDDEN, desc = "an addition to a value that was never there, or lost")
  @State
  public static class AddAgainstUpsert extends OneKey {
    public AddAgainstUpsert() {
      session().upsert(key, 100);
    }

    @Actor
    public void adder(JJ_Result r) {
      session().add(key, 5);
      r.r1 = session().longValue();
    }

    @Actor
    public void setter() {
      session().upsert(key, 7);
    }

    @Arbiter
    public void end(JJ_Result r) {
      r.r2 = value();
    }
  }

  /** A deletion against a new value. */
  @JCStressTest
  @Outcome(id = "DELETED, UPDATED, -1", expect = ACCEPTABLE, desc = "replaced, then deleted")
  @Outcome(id = "DELETED, CREATED, 7", expect = ACCEPTABLE, desc = "deleted, then created")
  @Outcome(expect = FORBIDDEN, desc = "the old value came back, or the creation was lost")
  @State
  public static class DeleteAgainstUpsert extends OneKey {
    public DeleteAgainstUpsert() {
      session().upsert(key, 100);
    }

    @Actor
    public void deleter(LLJ_Result r) {
      r.r1 = session().delete(key);
    }

    @Actor
    public void setter(LLJ_Result r) {
      r.r2 = session().upsert(key, 7);
    }

    @Arbiter
    public void end(LLJ_Result r) {
      r.r3 = value();
    }
  }

  /** Two keys that share one chain are created: both are on it, whoever lost the entry first. */
  @JCStressTest
  @Outcome(id = "5, 6", expect = ACCEPTABLE, desc = "both are there, with their own values")
  @Outcome(expect = FORBIDDEN, desc = "a record is lost")
  @State
  public static class TwoKeysOfOneChain {
    private static final SharedStore COLLIDING =
        new SharedStore(StoreKind.LONG_TO_LONG, SharedStore.COLLIDING_MASK);

    private final SharedStore.KeyPair keys = COLLIDING.takePair();

    public TwoKeysOfOneChain() {
      session().delete(keys.one());
      session().delete(keys.other());
    }

    private static Session session() {
      return COLLIDING.session();
    }

    private static long value(long ofKey) {
      return session().read(ofKey) == Status.FOUND ? session().longValue() : -1;
    }

    @Actor
    public void first() {
      session().upsert(keys.one(), 5);
    }

    @Actor
    public void second() {
      session().upsert(keys.other(), 6);
    }

    @Arbiter
    public void end(JJ_Result r) {
      r.r1 = value(keys.one());
      r.r2 = value(keys.other());
    }
  }

  /** Two threads use one session: an operation is done, or refused without effect. */
  @JCStressTest
  @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "one after the other")
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the second was refused")
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the first was refused")
  @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "other states had it at both moments")
  @Outcome(expect = FORBIDDEN, desc = "refused and done, or done and lost")
  @State
  public static class OneSessionTwoThreads extends OneKey {
    private static final Session SHARED = STORE.newSession();

    public OneSessionTwoThreads() {
      session().upsert(key, 0);
    }

    private long add() {
      try {
        SHARED.add(key, 1);
        return 1;
      } catch (MisuseException e) {
        return 0;
      }
    }

    @Actor
    public void first(JJJ_Result r) {
      r.r1 = add();
    }

    @Actor
    public void second(JJJ_Result r) {
      r.r2 = add();
    }

    @Arbiter
    public void end(JJJ_Result r) {
      r.r3 = value();
    }
  }

  /** Two insert and one deletes an absent key, all of one tag. */
  @JCStressTest
  @Outcome(id = "0, -1", expect = ACCEPTABLE, desc = "as many deleted as created")
  @Outcome(id = "0, (5|6)", expect = ACCEPTABLE, desc = "one more created than deleted")
  @Outcome(expect = FORBIDDEN, desc = "two created it, or it came back")
  @State
  public static class TwoInsertersAndDeleter extends OneKey {
    private int created;
    private int alsoCreated;
    private int deleted;

    public TwoInsertersAndDeleter() {
      session().delete(key);
    }

    @Actor
    public void inserter() {
      created = session().insertIfAbsent(key, 5) == Status.CREATED ? 1 : 0;
    }

    @Actor
    public void other() {
      alsoCreated = session().insertIfAbsent(key, 6) == Status.CREATED ? 1 : 0;
    }

    @Actor
    public void deleter() {
      deleted = session().delete(key) == Status.DELETED ? 1 : 0;
    }

    @Arbiter
    public void end(JJ_Result r) {
      long value = value();
      r.r1 = created + alsoCreated - deleted - (value < 0 ? 0 : 1);
      r.r2 = value;
    }
  }
}
