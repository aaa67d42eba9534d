package dev.peregrine;

/**
 * How an operation ended, for {@link Session#future}.
 *
 * @param status the outcome, never {@link Status#PENDING} or {@link Status#BUSY}
 * @param longValue what {@link Session#longValue()} would give
 * @param valueLength what {@link Session#valueLength()} would give
 */
public record Outcome(Status status, long longValue, int valueLength) {}
