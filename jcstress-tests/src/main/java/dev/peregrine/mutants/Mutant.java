package dev.peregrine.mutants;

import static dev.peregrine.mutants.Change.call;
import static dev.peregrine.mutants.Change.notAdded;
import static dev.peregrine.mutants.Change.unsynchronized;
import static dev.peregrine.mutants.Change.yes;

import java.util.List;

/**
 * Production classes with one access weakened, or one check dropped, and the test in which that
 * must come out. The classes are changed in their bytes, so there is no second copy to keep.
 */
enum Mutant {
  /** The announcement is a plain store, which later loads pass. */
  ENTERED_WITHOUT_FENCE(
      "epoch.LightEpoch",
      "epoch.LightEpochTests.PublishAgainstReclaim",
      false,
      call("tryAnnounce", "casLong", "checkThenPut")),
  /** The slot is looked at, then taken. */
  SLOT_TAKEN_IN_TWO_STEPS(
      "epoch.LightEpoch",
      "epoch.LightEpochTests.TwoEnterOneSlot",
      true,
      call("tryAnnounce", "casLong", "checkThenPutVolatile")),
  /** The announcement after a suspension is a release store, which later loads pass. */
  RESUMED_WITHOUT_FENCE(
      "epoch.LightEpoch",
      "epoch.LightEpochTests.ResumeAgainstReclaim",
      false,
      call("resume", "putLongVolatile", "putRelease")),
  /** A new epoch puts no barrier into the threads that own a slot. */
  OWNERS_NOT_BARRED(
      "epoch.LightEpoch",
      "epoch.SessionSlotTests.OwnerAgainstReclaim",
      true,
      call("advance", "run", "noBarrier")),
  /** Who takes ownership away puts no barrier into the owner's thread. */
  DISOWNED_WITHOUT_BARRIER(
      "epoch.SessionSlot",
      "epoch.SessionSlotTests.OwnerAgainstOther",
      false,
      call("tryDisown", "run", "noBarrier")),
  /** The owner does not look again whether it still is the owner. */
  OWNER_LOOKS_ONCE(
      "epoch.SessionSlot",
      "epoch.SessionSlotTests.OwnerAgainstOther",
      false,
      call("tryAnnounceOwned", "getAcquire", "currentThread")),
  /** Who holds the slot for a moment does not ask whether its owner is inside. */
  HELD_WITHOUT_A_LOOK(
      "epoch.SessionSlot", "epoch.SessionSlotTests.OwnerAgainstHelper", false, yes("tryDisown")),
  /** An action is looked at, then taken off the list. */
  ACTION_TAKEN_IN_TWO_STEPS(
      "epoch.DrainList",
      "epoch.DrainListTests.TwoDrainers",
      true,
      call("drain", "compareAndSet", "checkThenSet")),
  /** A free place of the list is looked at, then taken. */
  PLACE_TAKEN_IN_TWO_STEPS(
      "epoch.DrainList",
      "epoch.DrainListTests.LastSlot",
      false,
      call("claim", "compareAndSet", "checkThenSet")),
  /** A move of the phase stores the bits that it saw. */
  MOVED_IN_TWO_STEPS(
      "cpr.SystemState",
      "cpr.SystemStateTests.MoveAgainstClose",
      true,
      call("move", "casLong", "checkThenPutVolatile")),
  /** Space is read, then taken. */
  TAIL_ADDED_IN_TWO_STEPS(
      "hlog.TailAllocator",
      "hlog.TailAllocatorTests.TwoAllocators",
      true,
      call("allocate", "getAndAddLong", "addInTwoSteps")),
  /** The page is turned by whoever comes to its end. */
  PAGE_TURNED_UNCHECKED(
      "hlog.TailAllocator",
      "hlog.TailAllocatorTests.BothTurn",
      false,
      call("tryTurn", "casLong", "putUnchecked")),
  /** The cut does not see what was allocated since. */
  PADDED_IN_TWO_STEPS(
      "hlog.TailAllocator",
      "hlog.TailAllocatorTests.PadAgainstAllocate",
      false,
      call("padToBlock", "casLong", "checkThenPutVolatile")),
  /** The earlier of two versions may overwrite the later. */
  MARK_RAISED_IN_TWO_STEPS(
      "hlog.ChangeMarks",
      "hlog.CheckpointWordsTests.TwoVersionsMark",
      true,
      call("raise", "casLong", "checkThenPut")),
  /** The head moves without the lock of the pin. */
  PIN_WITHOUT_LOCK(
      "hlog.HeadPin",
      "hlog.CheckpointWordsTests.PinAgainstAdvance",
      false,
      unsynchronized("advance")),
  /** A slot of checksums does not say that it is being written. */
  CHECKSUMS_WRITTEN_UNMARKED(
      "hlog.ChecksumTables",
      "hlog.ChecksumTablesTests.ReplaceAgainstFind",
      false,
      call("put", "casLong", "checkOnly")),
  /** The bucket is not searched again once the tentative entry is there. */
  SECOND_SEARCH_DROPPED(
      "index.HashIndex",
      "index.HashIndexTests.TwoInsertersOfOneTag",
      true,
      call("tryCreate", "countOf", "one")),
  /** A record becomes the head, though another did meanwhile. */
  HEAD_SET_IN_TWO_STEPS(
      "index.HashIndex",
      "index.HashIndexTests.TwoAppenders",
      true,
      call("casAddress", "casLong", "checkThenPutVolatile")),
  /** A bucket is linked where another one has been linked meanwhile. */
  BUCKET_LINKED_IN_TWO_STEPS(
      "index.HashIndex",
      "index.HashIndexTests.TwoLinkersOfOverflow",
      false,
      call("freeEntry", "casLong", "checkThenPutVolatile")),
  /** The stack's word comes back to what it was. */
  STACK_NOT_COUNTED(
      "index.OverflowBuckets",
      "index.OverflowBucketsTests.PopAgainstPopPopPush",
      false,
      notAdded("allocate"),
      notAdded("free")),
  /** A reader takes whatever it has read. */
  READ_NOT_CHECKED(
      "record.BytesRecord", "record.BytesRecordTests.WriteAgainstRead", true, yes("isUnchanged")),
  /** A writer takes the bit that another one has. */
  WRITER_BIT_UNCHECKED(
      "record.BytesRecord",
      "record.BytesRecordTests.TwoWriters",
      true,
      call("tryLock", "casLong", "checkThenPutVolatile")),
  /** A changed value has the layout word that it had before. */
  SEQUENCE_NOT_ADVANCED(
      "record.BytesRecord",
      "record.BytesRecordTests.WriteAgainstRead",
      false,
      notAdded("unlockChangedRelease")),
  /** The sum is read, then stored. */
  VALUE_ADDED_IN_TWO_STEPS(
      "ops.LongOperations",
      "LongSessionTests.TwoAdds",
      false,
      call("updateInPlace", "getAndAddLong", "addInTwoSteps")),
  /** Nobody is kept from changing a record in place that has been copied. */
  COPY_NOT_SEALED(
      "ops.RecordWriter",
      "BytesSessionTests.GrowthAgainstUpdate",
      false,
      call("updateInPlace", "setSealed", "nothingAt")),
  /** What is below the cut is changed in place. */
  CUT_NOT_PROTECTED(
      "ops.AdoptedState", "ShiftTests.Add", false, call("adopt", "protectsCut", "no")),
  /** A change of the new version does not wait until those of the old one have ended. */
  CHANGES_NOT_STOPPED(
      "ops.AdoptedState", "ShiftTests.Upsert", false, call("adopt", "stopsChanges", "no")),
  /** A session does not say at which serial it went to the new version. */
  CUT_SERIAL_NOT_TOLD(
      "ops.AdoptedState", "PhaseTests.LongRead", false, call("adopt", "adoptRelease", "nothing")),
  /** A record is copied while somebody may still change it in place. */
  FUZZY_RECORD_COPIED(
      "ops.AdoptedState", "RegionSessionTests.AddsWhileFreezing", false, yes("isFrozen")),
  /** Who appends alone does not wait for those who append already. */
  OTHERS_NOT_AWAITED(
      "log.Exclusive",
      "log.AppendLogTests.AloneAgainstAppend",
      false,
      call("begin", "safeEpoch", "everyEpoch")),
  /** Whether the commit has ended is not asked again under the lock. */
  WAITER_NOT_CHECKED(
      "log.CommitWaiters",
      "log.AppendLogTests.FutureAgainstCommit",
      false,
      call("future", "isOver", "noneOver"));

  private static final String PACKAGE = "dev.peregrine.";

  private final String className;
  private final String test;
  private final boolean quick;
  private final List<Change> changes;

  Mutant(String className, String test, boolean quick, Change... changes) {
    this.className = PACKAGE + "internal." + className;
    this.test = PACKAGE + (test.matches("[a-z].*") ? "internal." : "") + test;
    this.quick = quick;
    this.changes = List.of(changes);
  }

  /** The name of the class that is changed. */
  String className() {
    return className;
  }

  /** The name of the test that must catch it. */
  String test() {
    return test;
  }

  /** Whether each build tries it. */
  boolean isQuick() {
    return quick;
  }

  /** The class with the changes. */
  byte[] apply(byte[] original) {
    byte[] bytes = original;
    for (Change change : changes) {
      bytes = change.apply(bytes);
    }
    return bytes;
  }
}
