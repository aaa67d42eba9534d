package dev.peregrine.mutants;

import dev.peregrine.StressMutant;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;

/**
 * Runs the tests of mutants, each on its mutant, and fails unless each comes to an outcome that it
 * forbids: a test that passes on its mutant is no test.
 *
 * <p>Arguments: a directory for what it writes; {@code quick}, {@code all}, or names of mutants
 * with commas between; then those of jcstress. A mutant's test is run again and again until it is
 * caught, for at most {@value #MOST_SECONDS} seconds. The last line of the output is for scripts:
 * {@code mutants: tried=8 caught=8 missed=0 seconds=25}.
 */
public final class MutantRun {
  /** After these a mutant has got away. */
  static final long MOST_SECONDS = 180;

  private MutantRun() {}

  /** Exits with 1 if a mutant is not caught. */
  public static void main(String[] args) throws Exception {
    long start = System.nanoTime();
    Path directory = Path.of(args[0]);
    Files.createDirectories(directory);
    List<Mutant> mutants = choose(args[1]);
    List<String> jcstress = List.of(args).subList(2, args.length);
    List<String> report = new ArrayList<>();
    List<Mutant> missed = new ArrayList<>();
    for (Mutant mutant : mutants) {
      long begin = System.nanoTime();
      StressMutant.Caught caught = run(mutant, directory, jcstress);
      if (caught.forbidden() == 0) {
        missed.add(mutant);
      }
      report.add(
          String.format(
              Locale.ROOT,
              "| `%s` | %s | %s | %,d of %,d | %d |",
              mutant,
              shorten(mutant.className()),
              shorten(mutant.test()),
              caught.forbidden(),
              caught.samples(),
              seconds(begin)));
    }
    Files.writeString(
        directory.resolve("mutants.md"),
        "\n## Mutants\n\nThe same tests on broken classes, by `MutantRun`.\n\n"
            + "| mutant | class | test | forbidden outcomes | seconds |\n|---|---|---|---|---|\n"
            + report.stream().map(line -> line + "\n").collect(Collectors.joining()));
    report.forEach(System.out::println);
    missed.forEach(mutant -> System.out.println("NOT CAUGHT: " + mutant + " by " + mutant.test()));
    System.out.printf(
        "mutants: tried=%d caught=%d missed=%d seconds=%d%n",
        mutants.size(), mutants.size() - missed.size(), missed.size(), seconds(start));
    System.exit(missed.isEmpty() && !mutants.isEmpty() ? 0 : 1);
  }

  private static List<Mutant> choose(String names) {
    return switch (names) {
      case "quick" -> Arrays.stream(Mutant.values()).filter(Mutant::isQuick).toList();
      case "all" -> List.of(Mutant.values());
      default -> Arrays.stream(names.split(",")).map(Mutant::valueOf).toList();
    };
  }

  private static StressMutant.Caught run(Mutant mutant, Path directory, List<String> arguments)
      throws Exception {
    Path jar = directory.resolve(mutant.name().toLowerCase(Locale.ROOT) + ".jar");
    write(mutant, jar);
    StressMutant stress = new StressMutant(jar, mutant.test(), directory, arguments);
    long begin = System.nanoTime();
    StressMutant.Caught caught = stress.run();
    while (caught.forbidden() == 0 && seconds(begin) < MOST_SECONDS) {
      caught = caught.plus(stress.run());
    }
    return caught;
  }

  private static void write(Mutant mutant, Path jar) throws IOException {
    String entry = mutant.className().replace('.', '/') + ".class";
    try (InputStream in = Mutant.class.getClassLoader().getResourceAsStream(entry);
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(entry));
      out.write(mutant.apply(in.readAllBytes()));
      out.closeEntry();
    }
  }

  private static long seconds(long since) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since);
  }

  private static String shorten(String name) {
    return name.replace("dev.peregrine.", "").replace("internal.", "");
  }
}
