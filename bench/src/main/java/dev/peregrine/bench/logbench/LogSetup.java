package dev.peregrine.bench.logbench;

import java.nio.file.Path;

/**
 * What a log is opened for.
 *
 * @param cell what will be done
 * @param directory where its files go
 * @param memoryDirectory where files go that are memory
 */
record LogSetup(LogCell cell, Path directory, Path memoryDirectory) {}
