/** JMH benches of the parts, run by {@code java -jar peregrine.jar jmh}. */
package dev.peregrine.bench.jmh;
