package dev.peregrine.device.uring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.peregrine.posix.NativeCall;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The functions of liburing that a program cannot inline. All pointers are raw addresses, and all
 * results are as the library's: a count or {@code -errno}.
 *
 * <p>Nobody may call a function unless {@link #unavailabilityCause()} is null. The library is
 * {@code liburing.so.2}, or what the system property {@code peregrine.liburing} names: a library's
 * name, or the absolute path of a regular file. Needs liburing 2.3.
 */
final class LibUring {
  static final String PROPERTY = "peregrine.liburing";
  static final String DEFAULT_NAME = "liburing.so.2";

  private static final Loaded LIBRARY = load(System.getProperty(PROPERTY, DEFAULT_NAME));

  private static final MethodHandle QUEUE_INIT_PARAMS =
      bind("io_uring_queue_init_params", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle ENTER2 =
      bind("io_uring_enter2", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle REGISTER_FILES_SPARSE =
      bind("io_uring_register_files_sparse", JAVA_LONG, JAVA_INT);
  private static final MethodHandle REGISTER_FILES_UPDATE =
      bind("io_uring_register_files_update", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle REGISTER_BUFFERS_SPARSE =
      bind("io_uring_register_buffers_sparse", JAVA_LONG, JAVA_INT);
  private static final MethodHandle REGISTER_BUFFERS_UPDATE =
      bind(
          "io_uring_register_buffers_update_tag",
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_INT);
  private static final MethodHandle QUEUE_EXIT =
      LIBRARY.cause() != null
          ? null
          : NativeCall.link(
              LIBRARY.symbols(), "io_uring_queue_exit", FunctionDescriptor.ofVoid(JAVA_LONG));

  private LibUring() {}

  /**
   * The outcome of loading a library.
   *
   * @param symbols its functions, or null
   * @param cause why it is unusable, in one line, or null
   */
  record Loaded(SymbolLookup symbols, String cause) {}

  /** Loads a library by name or absolute path; never throws. */
  @SuppressWarnings("restricted")
  static Loaded load(String name) {
    SymbolLookup symbols;
    try {
      if (name.indexOf('/') < 0) {
        symbols = SymbolLookup.libraryLookup(name, Arena.global());
      } else {
        Path path = Path.of(name);
        if (!path.isAbsolute() || !Files.isRegularFile(path)) {
          return new Loaded(null, name + " (" + PROPERTY + ") is no absolute path of a file");
        }
        symbols = SymbolLookup.libraryLookup(path, Arena.global());
      }
    } catch (IllegalArgumentException e) {
      return new Loaded(
          null, name + " not found: install liburing (the Debian package is liburing2)");
    } catch (IllegalCallerException e) {
      return new Loaded(
          null, "native access is forbidden: run with --enable-native-access=dev.peregrine.device");
    }
    if (symbols.find("io_uring_enter2").isEmpty()) {
      return new Loaded(null, name + " is too old: install liburing 2.3 or later");
    }
    return new Loaded(symbols, null);
  }

  private static MethodHandle bind(String name, MemoryLayout... parameters) {
    return LIBRARY.cause() != null
        ? null
        : NativeCall.link(LIBRARY.symbols(), name, FunctionDescriptor.of(JAVA_INT, parameters));
  }

  /** Why the library cannot be used, in one line, or null. */
  static String unavailabilityCause() {
    return LIBRARY.cause();
  }

  static int queueInitParams(int entries, long ring, long params) {
    try {
      return (int) QUEUE_INIT_PARAMS.invokeExact(entries, ring, params);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static void queueExit(long ring) {
    try {
      QUEUE_EXIT.invokeExact(ring);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int enter(
      int fd, int toSubmit, int minComplete, int flags, long argument, long argumentBytes) {
    try {
      return (int) ENTER2.invokeExact(fd, toSubmit, minComplete, flags, argument, argumentBytes);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int registerFilesSparse(long ring, int count) {
    try {
      return (int) REGISTER_FILES_SPARSE.invokeExact(ring, count);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int registerFilesUpdate(long ring, int index, long fds, int count) {
    try {
      return (int) REGISTER_FILES_UPDATE.invokeExact(ring, index, fds, count);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int registerBuffersSparse(long ring, int count) {
    try {
      return (int) REGISTER_BUFFERS_SPARSE.invokeExact(ring, count);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int registerBuffersUpdate(long ring, int index, long iovecs, int count) {
    try {
      return (int) REGISTER_BUFFERS_UPDATE.invokeExact(ring, index, iovecs, 0L, count);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }
}
