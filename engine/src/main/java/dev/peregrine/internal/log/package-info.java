/** The machinery of the durable log. */
package dev.peregrine.internal.log;
