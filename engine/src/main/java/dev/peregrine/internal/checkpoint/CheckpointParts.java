package dev.peregrine.internal.checkpoint;

import dev.peregrine.device.Device;
import dev.peregrine.internal.cpr.Participants;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.index.HashIndex;
import org.agrona.concurrent.NanoClock;

/**
 * The structures of a store, as far as its checkpoints need them.
 *
 * @param log the log
 * @param index the index
 * @param epoch who is inside
 * @param state version and phase; moved by checkpoints only
 * @param sessions those that take part
 * @param device where the log goes
 * @param files where checkpoints go
 * @param shape what can't change
 * @param clock for time limits
 * @param stallNanos how long a session may stay inside an operation before a checkpoint is given up
 * @param throttle bounds what is written in a second
 * @param buffers native memory of {@link #buffersBytes}
 * @param chunkBytes the unit in which images are written, a power of two, at least a page
 */
public record CheckpointParts(
    HybridLog log,
    HashIndex index,
    LightEpoch epoch,
    SystemState state,
    Participants sessions,
    Device device,
    CheckpointFiles files,
    Manifest.StoreShape shape,
    NanoClock clock,
    long stallNanos,
    Throttle throttle,
    long buffers,
    int chunkBytes) {

  /** The native memory for images that are written in chunks of this size. */
  public static long buffersBytes(int chunkBytes) {
    return ImageWriter.buffersBytes(chunkBytes);
  }
}
