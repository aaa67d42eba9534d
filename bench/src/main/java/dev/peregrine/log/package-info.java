/** Crash simulation of the durable log, in its package. */
package dev.peregrine.log;
