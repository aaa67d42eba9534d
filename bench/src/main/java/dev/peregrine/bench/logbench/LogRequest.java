package dev.peregrine.bench.logbench;

import java.nio.file.Path;

/**
 * What an engine's process is asked for: a line of JSON. One run, on a new log, which is read back
 * and checked.
 *
 * @param engine which one
 * @param cell what to do
 * @param directory an empty one, for the log
 * @param memoryDirectory an empty one, for what an engine keeps in memory as files
 * @param seconds how long to append, or to read
 * @param mostBytes so much of entries at most
 */
record LogRequest(
    LogEngine engine,
    LogCell cell,
    Path directory,
    Path memoryDirectory,
    double seconds,
    long mostBytes) {}
