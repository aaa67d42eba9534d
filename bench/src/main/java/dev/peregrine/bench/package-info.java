/** The executable jar: commands that run the engine on real workloads and check what it says. */
package dev.peregrine.bench;
