package dev.peregrine.inventory;

import dev.peregrine.memory.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What classes share between threads, by their bytes: volatile and atomic fields, the methods that
 * access memory in another mode than plain, and who takes locks.
 */
final class Inventory {
  private static final String ATOMICS = "java/util/concurrent/atomic/";
  private static final String VAR_HANDLE = "java/lang/invoke/VarHandle";
  private static final String MEMORY = Memory.class.getName().replace('.', '/');
  private static final String WEAKER = ".*(Plain|Acquire|Release|Opaque)$|lazySet|weak.*";

  /** Types of fields that lock by themselves. */
  private static final String LOCKS =
      "Ljava/util/concurrent/(locks/.*|Concurrent.*|CopyOnWrite.*|.*Blocking.*|Semaphore|.*Latch);";

  /** Methods of {@link Memory} that are not plain. */
  private final Set<String> memoryModes = new HashSet<>();

  /** Class and member, with a space between, to what is done there and how often. */
  private final Map<String, Map<String, Integer>> accesses = new TreeMap<>();

  private final Set<String> classes = new TreeSet<>();
  private final Set<String> fields = new TreeSet<>();
  private final Set<String> locking = new TreeSet<>();

  Inventory() throws IOException {
    for (ClassModel each : classesBeside(Memory.class)) {
      if (each.thisClass().asInternalName().equals(MEMORY)) {
        each.methods().stream()
            .filter(method -> uses(method, VAR_HANDLE))
            .forEach(method -> memoryModes.add(method.methodName().stringValue()));
      }
    }
  }

  /** All classes of the module, directory or jar, of a class. */
  static List<ClassModel> classesBeside(Class<?> one) throws IOException {
    URI place;
    try {
      place = one.getProtectionDomain().getCodeSource().getLocation().toURI();
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    Path path = Path.of(place);
    if (Files.isDirectory(path)) {
      return parse(path);
    }
    try (FileSystem jar = FileSystems.newFileSystem(path)) {
      return parse(jar.getPath("/"));
    }
  }

  private static List<ClassModel> parse(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      List<ClassModel> models = new ArrayList<>();
      for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
        if (!file.endsWith("module-info.class") && !file.endsWith("package-info.class")) {
          models.add(ClassFile.of().parse(Files.readAllBytes(file)));
        }
      }
      return models;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Adds what a class does. */
  void add(ClassModel model) {
    String internal = model.thisClass().asInternalName();
    String name = nameOf(internal);
    classes.add(name);
    for (FieldModel field : model.fields()) {
      String type = field.fieldType().stringValue();
      String key = name + " " + field.fieldName().stringValue();
      fields.add(key.replace(' ', '.'));
      if (field.flags().has(AccessFlag.VOLATILE)) {
        count(key, "volatile field");
      } else if (type.startsWith("L" + ATOMICS)) {
        count(key, "atomic field");
      } else if (type.equals("L" + VAR_HANDLE + ";") && !internal.equals(MEMORY)) {
        count(key, "handle");
      } else if (type.matches(LOCKS)) {
        locking.add(name);
      }
    }
    for (MethodModel method : model.methods()) {
      if (method.flags().has(AccessFlag.SYNCHRONIZED)) {
        locking.add(name);
      }
      String key = name + " " + memberOf(method.methodName().stringValue());
      method.code().ifPresent(code -> code.forEach(element -> add(element, name, key, internal)));
    }
  }

  private void add(CodeElement element, String name, String key, String internal) {
    if (element instanceof MonitorInstruction lock && lock.opcode() == Opcode.MONITORENTER) {
      locking.add(name);
    }
    if (!(element instanceof InvokeInstruction call) || internal.equals(MEMORY)) {
      return;
    }
    String owner = call.owner().asInternalName();
    String method = call.name().stringValue();
    if (owner.equals(VAR_HANDLE) && !method.startsWith("withInvoke")
        || owner.equals(MEMORY) && memoryModes.contains(method)
        || owner.startsWith(ATOMICS) && method.matches(WEAKER)) {
      count(key, method);
    }
  }

  private void count(String key, String access) {
    accesses.computeIfAbsent(key, any -> new TreeMap<>()).merge(access, 1, Integer::sum);
  }

  /** Lines {@code Class member: accesses}, ordered. */
  Set<String> lines() {
    return accesses.entrySet().stream()
        .map(each -> each.getKey() + ": " + describe(each.getValue()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Names of classes that take locks. */
  Set<String> locking() {
    return locking;
  }

  /** Whether there is a class, or a field {@code Class.field}. */
  boolean has(String name) {
    return classes.contains(name) || fields.contains(name);
  }

  private static String describe(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .map(each -> each.getKey() + (each.getValue() > 1 ? " ×" + each.getValue() : ""))
        .collect(Collectors.joining(", "));
  }

  private static String nameOf(String internal) {
    return internal.substring(internal.lastIndexOf('/') + 1).replace('$', '.');
  }

  /** A lambda belongs to the method that it stands in. */
  private static String memberOf(String method) {
    return method.startsWith("lambda$") ? method.split("\\$")[1] : method;
  }

  private static boolean uses(MethodModel method, String owner) {
    return method.code().stream()
        .flatMap(code -> code.elementStream())
        .anyMatch(
            element ->
                element instanceof InvokeInstruction call
                    && call.owner().asInternalName().equals(owner));
  }
}
