/**
 * The command {@code log-bench}: the durable log and its peers, measured in turn, each in a process
 * of its own. Beside them fio and a memory copy say what the machine can do.
 */
package dev.peregrine.bench.logbench;
