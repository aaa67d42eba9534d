import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs google-java-format over source trees: {@code check|apply FORMATTER.jar DIRECTORY...}. */
public final class FormatSources {
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", args[1]));
    boolean check = args[0].equals("check");
    command.addAll(check ? List.of("--dry-run", "--set-exit-if-changed") : List.of("--replace"));
    for (String root : List.of(args).subList(2, args.length)) {
      try (Stream<Path> files = Files.walk(Path.of(root))) {
        files
            .map(Path::toString)
            .filter(name -> name.endsWith(".java"))
            .sorted()
            .forEach(command::add);
      }
    }
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      System.err.println("The files above are not formatted. Run: mvn -q -Pformat");
      System.exit(1);
    }
  }
}
