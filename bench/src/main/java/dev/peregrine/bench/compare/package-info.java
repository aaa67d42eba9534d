/**
 * The command {@code compare}: the engine and its peers, each in a process of its own, measured in
 * turn on the same keys, and a report of it.
 */
package dev.peregrine.bench.compare;
