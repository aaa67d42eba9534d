package dev.peregrine;

import java.time.Instant;

/**
 * A checkpoint that is there.
 *
 * @param token its name
 * @param kind what it wrote; null if its manifest can't be read
 * @param created when, by the clock of the machine; null if its manifest can't be read
 * @param version the version of the store that it ended; 0 for the empty store and an index alone
 * @param cut the end of the log that it covers; 0 for an index alone
 * @param bytes what its own files hold
 * @param sessions sessions in its table
 * @param base the snapshot that it continues, or null
 * @param index the checkpoint whose image of the index it uses, or null if the log is replayed
 * @param problem why it can't be recovered to, or null: its manifest is damaged, or what it needs
 *     is not there
 */
public record CheckpointInfo(
    CheckpointToken token,
    CheckpointKind kind,
    Instant created,
    long version,
    long cut,
    long bytes,
    int sessions,
    CheckpointToken base,
    CheckpointToken index,
    String problem) {}
