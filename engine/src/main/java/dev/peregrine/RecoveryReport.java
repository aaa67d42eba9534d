package dev.peregrine;

import java.util.Map;

/**
 * What a store was recovered to.
 *
 * @param token the checkpoint
 * @param version the version that it ended
 * @param cut the end of the log
 * @param bytesRead bytes of index, snapshot and log that were read and checked
 * @param recordsReplayed records of the log that were put into the index
 * @param pagesInMemory pages of the log that are in memory again
 * @param serials the commit point of each session, by its id: see {@link Store#resumeSession}
 */
public record RecoveryReport(
    CheckpointToken token,
    long version,
    long cut,
    long bytesRead,
    long recordsReplayed,
    long pagesInMemory,
    Map<Long, Long> serials) {}
