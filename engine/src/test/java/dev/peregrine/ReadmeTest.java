package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's examples are programs that run. */
final class ReadmeTest {
  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final String FRAME =
      """
      import dev.peregrine.*;
      import dev.peregrine.log.*;
      import java.lang.foreign.MemorySegment;
      import java.nio.charset.StandardCharsets;
      import java.nio.file.Path;
      class Example {
        public static void main(String[] args) {
      %s
        }
      }
      """;

  @TempDir private Path directory;

  @Test
  void shouldRunWhenCopiedFromTheReadme() throws Exception {
    Matcher examples = EXAMPLE.matcher(Files.readString(Path.of("..", "README.md")));
    List<String> outputs = new ArrayList<>();
    while (examples.find()) {
      outputs.add(run(examples.group(1)));
    }
    assertEquals(List.of("FOUND, 6 bytes", "6 bytes at 64"), outputs);
  }

  private String run(String example) throws Exception {
    Path source = directory.resolve("Example.java");
    Files.writeString(source, FRAME.formatted(example));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                source.toString())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.strip();
  }
}
