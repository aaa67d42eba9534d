package dev.peregrine.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFilesTest {
  @TempDir private Path directory;

  @Test
  void shouldAdviseTheMappingsBelowTheDirectoryOnly() throws Exception {
    Path file = Files.write(directory.resolve("file"), new byte[1 << 16]);
    assertEquals(0, MappedFiles.adviseRandom(directory));
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      assertEquals(0, mapped.get(ValueLayout.JAVA_BYTE, 0));
      assertEquals(1, MappedFiles.adviseRandom(directory));
      List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
      int at = 0;
      while (!lines.get(at).endsWith("/file")) {
        at++;
      }
      while (!lines.get(at).startsWith("VmFlags:")) {
        at++;
      }
      assertTrue(lines.get(at).contains(" rr"), lines.get(at)); // random read
    }
  }
}
