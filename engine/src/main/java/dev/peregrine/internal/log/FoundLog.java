package dev.peregrine.internal.log;

import java.util.List;

/**
 * What there is of a log.
 *
 * @param anchor with the latest of all it says
 * @param end where the last commit ends
 * @param commit its number
 * @param droppedBytes written behind it and not committed
 * @param problems what was found wrong and made good
 */
public record FoundLog(
    Anchor anchor, long end, long commit, long droppedBytes, List<String> problems) {}
