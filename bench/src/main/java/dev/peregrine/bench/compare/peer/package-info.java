/**
 * Peregrine and its peers behind one small interface, each with the settings its makers recommend.
 */
package dev.peregrine.bench.compare.peer;
