package dev.peregrine;

/**
 * What a verification of a checkpoint has looked at; had it found anything wrong, it would have
 * thrown.
 *
 * @param token the checkpoint
 * @param pages pages of the log and of snapshots, each byte of them checked
 * @param records records that are valid
 * @param invalidRecords records that lost the race for their index entry and are stepped over
 * @param bytesRead bytes read
 */
public record VerifyReport(
    CheckpointToken token, long pages, long records, long invalidRecords, long bytesRead) {}
