package dev.peregrine.log;

import java.util.List;

/**
 * What was found when a log was opened.
 *
 * @param committed where the last commit ends; appending went on there
 * @param commitNumber its number
 * @param droppedBytes what had been written behind it and not committed, and was dropped
 * @param problems what was damaged and could be made good
 */
public record LogRecoveryReport(
    long committed, long commitNumber, long droppedBytes, List<String> problems) {}
