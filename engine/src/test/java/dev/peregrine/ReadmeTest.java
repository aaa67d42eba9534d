package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example is code that compiles. */
final class ReadmeTest {
  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final String FRAME =
      """
      import dev.peregrine.*;
      import java.lang.foreign.MemorySegment;
      import java.nio.charset.StandardCharsets;
      import java.nio.file.Path;
      class Example {
        void run() {
      %s
        }
      }
      """;

  @TempDir private Path directory;

  @Test
  void shouldCompileWhenCopiedFromTheReadme() throws IOException {
    Matcher example = EXAMPLE.matcher(Files.readString(Path.of("..", "README.md")));
    assertTrue(example.find(), "README.md has no example in Java");
    String source = FRAME.formatted(example.group(1));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of(
                    "-proc:none",
                    "-d",
                    directory.toString(),
                    "-cp",
                    System.getProperty("java.class.path")),
                null,
                List.of(
                    new SimpleJavaFileObject(
                        URI.create("string:///Example.java"),
                        javax.tools.JavaFileObject.Kind.SOURCE) {
                      @Override
                      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                      }
                    }))
            .call();
    assertTrue(compiled, messages.toString());
  }
}
