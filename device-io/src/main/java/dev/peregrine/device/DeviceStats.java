package dev.peregrine.device;

/**
 * What a device has done since it was opened.
 *
 * @param reads read requests completed
 * @param bytesRead bytes they transferred
 * @param writes write requests completed
 * @param bytesWritten bytes they transferred
 * @param syncs successful {@link Device#sync()} calls
 * @param failures requests and syncs that failed
 */
public record DeviceStats(
    long reads, long bytesRead, long writes, long bytesWritten, long syncs, long failures) {}
