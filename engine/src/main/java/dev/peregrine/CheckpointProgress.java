package dev.peregrine;

/**
 * How far a checkpoint is.
 *
 * @param phase the phase of the store, {@code REST} before and after
 * @param bytesWritten bytes of index and log written so far
 * @param bytesToWrite bytes that are to be written, as far as known by now
 * @param done whether it has ended, well or not
 */
public record CheckpointProgress(
    String phase, long bytesWritten, long bytesToWrite, boolean done) {}
