package dev.peregrine.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The figures of one command, for a program to read: base units, names that stay.
 *
 * <p>Besides {@code command}, {@code host} and {@code results} it has {@code facts}: single figures
 * of the command as a whole.
 */
final class Report {
  private final String command;
  private final List<Result> results = new ArrayList<>();
  private final Map<String, Object> facts = new TreeMap<>();

  Report(String command) {
    this.command = command;
  }

  /** Adds a row. */
  void add(Result result) {
    results.add(result);
  }

  /** Sets a figure of the whole. */
  void put(String name, Object value) {
    facts.put(name, value);
  }

  /** A figure of the whole that has been set. */
  double number(String name) {
    return ((Number) facts.get(name)).doubleValue();
  }

  /** The rows so far. */
  List<Result> results() {
    return List.copyOf(results);
  }

  /** The report as JSON. */
  String toJson() {
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    return mapper.writeValueAsString(new Document(command, Host.current(), facts, results));
  }

  /** Writes it, if a file was asked for. */
  void writeTo(Path file) throws IOException {
    if (file != null) {
      Files.writeString(file, toJson() + System.lineSeparator());
    }
  }

  private record Document(
      String command, Host host, Map<String, Object> facts, List<Result> results) {}

  private record Host(
      String osName,
      String osVersion,
      String architecture,
      int processors,
      String javaVersion,
      List<String> jvmArguments,
      List<String> collectors,
      long maxHeapBytes) {
    static Host current() {
      return new Host(
          System.getProperty("os.name"),
          System.getProperty("os.version"),
          System.getProperty("os.arch"),
          Runtime.getRuntime().availableProcessors(),
          System.getProperty("java.vm.version"),
          ManagementFactory.getRuntimeMXBean().getInputArguments(),
          ManagementFactory.getGarbageCollectorMXBeans().stream()
              .map(bean -> bean.getName())
              .toList(),
          Runtime.getRuntime().maxMemory());
    }
  }
}
