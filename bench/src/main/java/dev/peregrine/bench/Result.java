package dev.peregrine.bench;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * One row of a report.
 *
 * @param setting what was measured
 * @param repetition which time, from 1
 * @param measurement what came out
 */
record Result(
    @JsonUnwrapped Setting setting, int repetition, @JsonUnwrapped Measurement measurement) {}
