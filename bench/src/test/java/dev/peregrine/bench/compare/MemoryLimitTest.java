package dev.peregrine.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryLimitTest {
  @Test
  void shouldRunAProcessInsideOfTheGroupOrSayWhyNot() throws Exception {
    String reason = MemoryLimit.reasonForNone();
    if (reason != null) {
      assertFalse(reason.isBlank());
      return;
    }
    String name = "peregrine-test-" + ProcessHandle.current().pid();
    List<String> groups;
    Path group;
    try (MemoryLimit limit = MemoryLimit.create(name)) {
      limit.set(64L << 20);
      assertEquals(64L << 20, limit.bytes());
      List<String> command = new ArrayList<>(limit.prefix());
      group = Path.of(command.getLast());
      assertTrue(Files.isDirectory(group));
      command.addAll(List.of("cat", "/proc/self/cgroup"));
      Process process = new ProcessBuilder(command).start();
      groups = process.inputReader().lines().toList();
      process.waitFor();
    }
    assertTrue(groups.stream().anyMatch(line -> line.endsWith(name)), groups.toString());
    assertFalse(Files.exists(group));
  }
}
