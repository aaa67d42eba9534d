package dev.peregrine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Loads the project's classes anew, some of them {@linkplain Mutation changed}; all others come
 * from its parent. So a broken engine runs beside the right one, and the right one has no switch
 * for it.
 */
final class MutantLoader extends ClassLoader {
  private static final String OWN = "dev.peregrine.";

  private final List<Mutation> mutations;
  private final Set<Mutation> applied = new HashSet<>();

  static {
    registerAsParallelCapable();
  }

  MutantLoader(List<Mutation> mutations) {
    super("mutant", MutantLoader.class.getClassLoader());
    this.mutations = mutations;
  }

  /** The mutations whose class has been loaded. */
  Set<Mutation> applied() {
    synchronized (applied) {
      return Set.copyOf(applied);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OWN)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    byte[] bytes = bytesOf(name);
    for (Mutation mutation : mutations) {
      if (mutation.className().equals(name)) {
        bytes = mutation.apply(bytes);
        synchronized (applied) {
          applied.add(mutation);
        }
      }
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  private byte[] bytesOf(String name) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
