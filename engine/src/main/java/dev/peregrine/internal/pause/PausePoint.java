package dev.peregrine.internal.pause;

/**
 * A place between two steps where a test can stop a thread. Each is named for what has been done by
 * then, and is reached by whichever thread does it; see {@link Pauses}.
 */
public enum PausePoint {
  // The epoch: between what one thread announces and what another one looks for.
  /** A thread has found itself the owner of its session's slot, and has not announced itself. */
  OWNER_FOUND,
  /** The owner of a slot has announced itself, and has not looked whether it still is. */
  OWNER_ANNOUNCED,
  /** A session has entered the epoch, and has not looked at the system's state. */
  EPOCH_ENTERED,
  /** An operation has ended and its serial is told; it is still in the epoch. */
  EPOCH_LEAVING,
  /** The epoch has moved on, and its action is not registered yet. */
  EPOCH_BUMPED,
  /** An action is safe and has been claimed, and has not run. */
  ACTION_CLAIMED,

  // Space at the tail.
  /** The tail was seen inside a page; nothing has been added. */
  TAIL_SEEN,
  /** Space has been taken, or the page run over; the taker does not know yet. */
  TAIL_ADDED,
  /** The page is full and the next frame free; the page is not turned. */
  TAIL_FULL,
  /** The page is turned, and the log has not been told. */
  TAIL_TURNED,
  /** A cut has been computed; the tail is not moved to it. */
  TAIL_CUTTING,

  // The index.
  /** A tentative entry is in; its inserter has not looked for another one of the tag. */
  ENTRY_TENTATIVE,
  /** The inserter found nobody else; its entry is still tentative. */
  ENTRY_ALONE,
  /** The inserter found somebody else; its entry is not taken back yet. */
  ENTRY_CONTESTED,
  /** An overflow bucket has been taken from the pool; nothing leads to it. */
  OVERFLOW_TAKEN,
  /** It is told that there are wildcards; the entry is not turned into one yet. */
  WILDCARD_TOLD,

  // Records.
  /** A reader has found its record in memory, and has read nothing of the value. */
  RECORD_FOUND,
  /** A value has been copied out; it is not known whether it was changed meanwhile. */
  VALUE_COPIED,
  /** A record may be changed in place and its page is marked; nothing is changed. */
  CHANGE_MARKED,
  /** The writer bit of a record is set. */
  RECORD_LOCKED,
  /** The old value has been taken for a copy at the tail, which has no space yet. */
  COPY_BEGUN,
  /** A record at the tail is complete and valid; no entry leads to it. */
  RECORD_VALID,
  /** An entry leads to the new record; its writer has not gone on. */
  RECORD_LINKED,
  /** The entry had changed; the new record is still valid. */
  LINK_LOST,

  // Waiting and pending operations.
  /** A session waits outside of the epoch, with its slot kept. */
  SESSION_SUSPENDED,
  /** A session is inside again, and has not looked at the system's state. */
  SESSION_RESUMED,
  /** The search on the device begins at an address that has been fixed; nothing is read. */
  PENDING_BEGUN,
  /** A record has come from the device; it has not been looked at. */
  PENDING_ARRIVED,
  /** A pending change is protected again, and has not looked at the index. */
  PENDING_PROTECTED,
  /** A pending change has its outcome; it still counts as pending. */
  PENDING_ENDED,
  /** A checkpoint's thread has a session's slot to move its changes on. */
  HELP_BEGUN,

  // Freezing, flush, eviction.
  /** {@code readOnly} has moved; nobody waits for threads that have not seen it. */
  READ_ONLY_MOVED,
  /** Everybody has seen {@code readOnly}; {@code safeReadOnly} has not moved. */
  READ_ONLY_SEEN,
  /** A chunk is sealed; it has not been handed to the device. */
  CHUNK_SEALED,
  /** A chunk is written; {@code flushedUntil} has not moved. */
  CHUNK_WRITTEN,
  /** {@code head} has moved; nobody waits for threads that have not seen it. */
  HEAD_MOVED,
  /** Everybody has seen {@code head}; {@code safeHead} has not moved. */
  HEAD_SEEN,
  /** The head may move on that somebody kept back; he has not gone on. */
  HEAD_UNPINNED,
  /** A page has left memory; its frame is not zeroed. */
  FRAME_CLOSING,
  /** A frame is zeroed; {@code closedUntil} has not moved. */
  FRAME_ZEROED,

  // Checkpoints: the coordinator has moved to a phase, and has not begun to wait for anybody.
  PHASE_REST,
  PHASE_PREPARE_INDEX,
  PHASE_WAIT_INDEX,
  PHASE_PREPARE,
  PHASE_IN_PROGRESS,
  PHASE_WAIT_PENDING,
  PHASE_WAIT_FLUSH,
  PHASE_PERSISTENCE,
  PHASE_SETTLE,
  /** A version has been adopted by a session, and its cut serial told; the operation goes on. */
  VERSION_ADOPTED,
  /** A part of the index is about to be copied to its image. */
  INDEX_COPYING,
  /** A page is about to be copied to a snapshot. */
  PAGE_COPYING,
  /** All data of a checkpoint are durable; there is no manifest. */
  MANIFEST_WRITING,
  /** The manifest has its name; the name is not durable. */
  MANIFEST_RENAMED,

  // The durable log.
  /** An entry is copied to the log; its header says nothing yet. */
  ENTRY_COPIED,
  /** The log is cut; its worker has not been told. */
  COMMIT_CUT,
  /** All up to a cut is written; it is not synced. */
  COMMIT_WRITTEN,
  /** All up to a cut is synced; {@code committed} has not moved. */
  COMMIT_SYNCED,
  /** {@code committed} has moved; nobody who waits has been told. */
  COMMIT_MOVED
}
