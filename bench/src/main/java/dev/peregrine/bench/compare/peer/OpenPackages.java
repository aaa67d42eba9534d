package dev.peregrine.bench.compare.peer;

import java.util.List;
import java.util.stream.Stream;

/**
 * What Chronicle's libraries, lmdbjava and MapDB's lz4 must be let into, since they use JDK
 * internals.
 */
public final class OpenPackages {
  /** Arguments of the JVM. */
  public static final List<String> ARGUMENTS =
      Stream.concat(
              Stream.of(
                      "java.base/java.lang",
                      "java.base/java.lang.reflect",
                      "java.base/java.io",
                      "java.base/java.util",
                      "java.base/java.nio",
                      "java.base/sun.nio.ch",
                      "jdk.compiler/com.sun.tools.javac")
                  .map(name -> "--add-opens=" + name + "=ALL-UNNAMED"),
              Stream.of(
                      "java.base/jdk.internal.ref",
                      "java.base/sun.nio.ch",
                      "jdk.unsupported/sun.misc",
                      "jdk.compiler/com.sun.tools.javac.file")
                  .map(name -> "--add-exports=" + name + "=ALL-UNNAMED"))
          .toList();

  private OpenPackages() {}
}
