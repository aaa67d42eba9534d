package dev.peregrine.bench.compare;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Tells the kernel that this process reads the files it has mapped at random. An engine that does
 * not say so itself would read as much ahead with each page as the disk is set to, which can be
 * megabytes, and so throw out what is cached.
 */
final class MappedFiles {
  private static final int MADV_RANDOM = 1;

  private MappedFiles() {}

  /**
   * Advises all mappings of files below a directory.
   *
   * @return how many there are
   */
  @SuppressWarnings("restricted") // calls a function of the C library
  static int adviseRandom(Path directory) throws IOException {
    Linker linker = Linker.nativeLinker();
    MethodHandle madvise =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("madvise"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
    String place = directory.toRealPath() + "/";
    int count = 0;
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      // 7f0000000000-7f0000001000 rw-s 00000000 fe:00 1234   /place/file
      if (line.contains(place)) {
        String[] range = line.substring(0, line.indexOf(' ')).split("-");
        long begin = HexFormat.fromHexDigitsToLong(range[0]);
        long end = HexFormat.fromHexDigitsToLong(range[1]);
        advise(madvise, begin, end - begin);
        count++;
      }
    }
    return count;
  }

  private static void advise(MethodHandle madvise, long address, long bytes) throws IOException {
    int result;
    try {
      result = (int) madvise.invokeExact(address, bytes, MADV_RANDOM);
    } catch (Throwable cause) {
      throw new IllegalStateException(cause);
    }
    if (result != 0) {
      throw new IOException("madvise failed for " + bytes + " bytes");
    }
  }
}
