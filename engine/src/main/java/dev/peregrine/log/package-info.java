/** A durable append log: {@link dev.peregrine.log.DurableLog}. */
package dev.peregrine.log;
