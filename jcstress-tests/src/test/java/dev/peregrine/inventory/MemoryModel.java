package dev.peregrine.inventory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The tables of {@code docs/MEMORY-MODEL.md}: the words, where they are touched, and the classes
 * that take locks; held against what the classes do and which tests there are.
 */
final class MemoryModel {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final String WORDS = "| Word |";
  private static final String ACCESSES = "| Class | Member |";
  private static final String LOCKS = "| Class | Guards |";
  private static final int WORD_COLUMNS = 6;

  private final List<List<String>> words;
  private final List<List<String>> accesses;
  private final List<List<String>> locks;

  private MemoryModel(List<String> lines) {
    words = table(lines, WORDS);
    accesses = table(lines, ACCESSES);
    locks = table(lines, LOCKS);
  }

  static MemoryModel read(Path file) throws IOException {
    return new MemoryModel(Files.readAllLines(file));
  }

  static MemoryModel of(String text) {
    return new MemoryModel(text.lines().toList());
  }

  private static List<List<String>> table(List<String> lines, String head) {
    List<List<String>> rows = new ArrayList<>();
    int at = 0;
    while (at < lines.size() && !lines.get(at).startsWith(head)) {
      at++;
    }
    for (at += 2; at < lines.size() && lines.get(at).startsWith("|"); at++) {
      String[] cells = lines.get(at).substring(1).split("\\|");
      rows.add(List.of(cells).stream().map(String::strip).toList());
    }
    return rows;
  }

  /**
   * What the tables and the classes do not agree in, and what the tables name that is not there.
   *
   * @param inventory what the classes do
   * @param tests names of tests, {@code Class.Scenario}
   */
  List<String> problems(Inventory inventory, Set<String> tests) {
    List<String> problems = new ArrayList<>();
    Set<String> listed =
        accesses.stream()
            .map(row -> bare(row.get(0)) + " " + bare(row.get(1)) + ": " + row.get(2))
            .collect(Collectors.toCollection(TreeSet::new));
    differ("access", inventory.lines(), listed, problems);
    Set<String> guarded =
        locks.stream().map(row -> bare(row.get(0))).collect(Collectors.toCollection(TreeSet::new));
    differ("lock", inventory.locking(), guarded, problems);
    Set<String> known = words.stream().map(row -> row.get(0)).collect(Collectors.toSet());
    for (List<String> row : accesses) {
      if (row.size() < 4 || !known.containsAll(List.of(row.get(3).split(", ")))) {
        problems.add("a word without a row: " + row);
      }
    }
    Set<String> names = new HashSet<>(tests);
    for (String test : tests) {
      names.addAll(List.of(test.split("\\.")));
    }
    words.forEach(row -> checkWord(row, inventory, names, problems));
    return problems;
  }

  private static void differ(
      String what, Set<String> found, Set<String> listed, List<String> problems) {
    found.stream()
        .filter(each -> !listed.contains(each))
        .forEach(each -> problems.add(what + " not in the table: " + each));
    listed.stream()
        .filter(each -> !found.contains(each))
        .forEach(each -> problems.add(what + " in the table only: " + each));
  }

  private static void checkWord(
      List<String> row, Inventory inventory, Set<String> tests, List<String> problems) {
    if (row.size() != WORD_COLUMNS || row.stream().anyMatch(String::isEmpty)) {
      problems.add("a row with gaps: " + row);
      return;
    }
    codes(row.get(1)).stream()
        .filter(name -> !inventory.has(name))
        .forEach(name -> problems.add("no such class or field: " + name));
    String last = row.get(WORD_COLUMNS - 1);
    List<String> named = codes(last);
    named.stream()
        .filter(name -> !tests.contains(name))
        .forEach(name -> problems.add("no such test: " + name));
    if (named.isEmpty() && !last.matches("– \\(.+\\)")) {
      problems.add("neither a test nor a reason: " + row.get(0));
    }
  }

  private static List<String> codes(String cell) {
    return CODE.matcher(cell).results().map((MatchResult found) -> found.group(1)).toList();
  }

  private static String bare(String cell) {
    return cell.replace("`", "");
  }
}
