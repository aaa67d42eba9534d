package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.peregrine.device.Device;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows between layers, and who may touch what is dangerous. */
class ArchitectureTest {
  private static final int MOST_LINES = 600;
  private static final String ROOT = "dev.peregrine";
  private static final String INTERNAL = ROOT + ".internal.";
  private static final String LOG = ROOT + ".log";

  /** Each package may use those of lower layers only; two of one layer don't know each other. */
  private static final Map<String, Integer> LAYERS =
      Map.ofEntries(
          Map.entry(INTERNAL + "pause", 1),
          Map.entry(INTERNAL + "codec", 2),
          Map.entry(INTERNAL + "record", 2),
          Map.entry(INTERNAL + "cpr", 2),
          Map.entry(INTERNAL + "epoch", 2),
          Map.entry(INTERNAL + "hlog", 3),
          Map.entry(INTERNAL + "index", 3),
          Map.entry(INTERNAL + "ops", 4),
          Map.entry(INTERNAL + "checkpoint", 4),
          Map.entry(INTERNAL + "log", 4),
          Map.entry(INTERNAL + "recovery", 5));

  private static final int DEVICE_LAYER = 0;
  private static final int TOP_LAYER = 6;

  /** All other types of the root package are words that every layer may use. */
  private static final Set<String> TOP =
      Set.of(
          "Store",
          "Session",
          "SessionBatches",
          "StoreConfig",
          "StoreStats",
          "StoreOpener",
          "StoreFiles",
          "StoreEnvironment",
          "MemoryPlan");

  /** Types of the log's package that every layer may use. */
  private static final Set<String> LOG_WORDS = Set.of("EntryWriter");

  private static JavaClasses engine;
  private static JavaClasses deviceIo;

  @BeforeAll
  static void load() throws Exception {
    engine = classesBeside(Store.class);
    deviceIo = classesBeside(Device.class);
  }

  private static JavaClasses classesBeside(Class<?> type) throws IOException, URISyntaxException {
    Path origin = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(origin)) {
      return new ClassFileImporter().importPath(origin);
    }
    try (JarFile jar = new JarFile(origin.toFile())) {
      return new ClassFileImporter().importJar(jar);
    }
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
  }

  private static boolean isOfEngine(JavaClass type) {
    return type.getPackageName().equals(ROOT)
        || type.getPackageName().equals(LOG)
        || type.getPackageName().startsWith(INTERNAL);
  }

  private static String outermost(JavaClass type) {
    JavaClass outer = type;
    while (outer.getEnclosingClass().isPresent()) {
      outer = outer.getEnclosingClass().get();
    }
    return outer.getSimpleName();
  }

  private static boolean isVocabulary(JavaClass type) {
    return type.getPackageName().equals(ROOT) && !TOP.contains(outermost(type))
        || type.getPackageName().equals(LOG) && LOG_WORDS.contains(outermost(type));
  }

  private static int layerOf(JavaClass type) {
    String name = type.getPackageName();
    if (name.equals(ROOT) || name.equals(LOG)) {
      return TOP_LAYER;
    }
    if (!isOfEngine(type)) {
      return DEVICE_LAYER;
    }
    Integer layer = LAYERS.get(name);
    assertTrue(layer != null, () -> "package " + name + " has no layer: add it to LAYERS");
    return layer;
  }

  private static boolean isAllowed(JavaClass from, JavaClass to) {
    if (isVocabulary(to)) {
      return true;
    }
    if (isVocabulary(from)) {
      return false;
    }
    return from.getPackageName().equals(to.getPackageName()) || layerOf(to) < layerOf(from);
  }

  private static Set<String> dependencies(JavaClasses classes, DependencyRule isWrong) {
    Set<String> wrong = new TreeSet<>();
    for (JavaClass type : classes) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (isWrong.test(type, target)) {
          wrong.add(type.getName() + " -> " + target.getName());
        }
      }
    }
    return wrong;
  }

  @FunctionalInterface
  private interface DependencyRule {
    boolean test(JavaClass from, JavaClass to);
  }

  private static void requireNone(Set<String> wrong) {
    assertEquals(Set.of(), wrong);
  }

  @Test
  void shouldPointDownWhenALayerOfTheEngineUsesAnother() {
    assertTrue(engine.size() > 40 && engine.contain(Store.class), "the engine was not loaded");
    requireNone(
        dependencies(engine, (from, to) -> isOfEngine(from) && isOurs(to) && !isAllowed(from, to)));
  }

  @Test
  void shouldNotKnowTheEngineWhenInDeviceIo() {
    assertTrue(deviceIo.contain(Device.class), "device-io was not loaded");
    requireNone(dependencies(deviceIo, (from, to) -> !isOfEngine(from) && isOfEngine(to)));
  }

  @Test
  void shouldNotUseUnsafeWhereverItIs() {
    for (JavaClasses classes : List.of(engine, deviceIo)) {
      requireNone(
          dependencies(
              classes,
              (from, to) ->
                  to.getName().endsWith(".Unsafe") || to.getName().startsWith("jdk.internal.")));
    }
  }

  @Test
  void shouldUseLinkerOptionsInNativeCallOnly() {
    for (JavaClasses classes : List.of(engine, deviceIo)) {
      requireNone(
          dependencies(
              classes,
              (from, to) ->
                  to.getName().startsWith("java.lang.foreign.Linker$Option")
                      && !from.getName().startsWith(ROOT + ".posix.NativeCall")));
      requireNone(
          calls(classes, call -> call.getTarget().getFullName().contains("Option.critical")));
    }
  }

  @Test
  void shouldReachNativeMemoryThroughMemoryOnly() {
    for (JavaClasses classes : List.of(engine, deviceIo)) {
      requireNone(
          calls(
              classes,
              call -> {
                String owner = call.getTargetOwner().getName();
                String name = call.getTarget().getName();
                boolean dangerous =
                    owner.equals("java.lang.foreign.MemorySegment") && name.equals("reinterpret")
                        || owner.startsWith("java.lang.foreign.") && name.endsWith("arHandle");
                String caller = call.getOriginOwner().getName();
                // NativeCall reads errno from the linker's own capture state.
                return dangerous
                    && !caller.equals(ROOT + ".memory.Memory")
                    && !(caller.equals(ROOT + ".posix.NativeCall") && name.equals("varHandle"));
              }));
    }
  }

  private static Set<String> calls(JavaClasses classes, CallRule isWrong) {
    Set<String> wrong = new TreeSet<>();
    for (JavaClass type : classes) {
      for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
        if (isWrong.test(call)) {
          wrong.add(call.getDescription());
        }
      }
    }
    return wrong;
  }

  @FunctionalInterface
  private interface CallRule {
    boolean test(JavaMethodCall call);
  }

  @Test
  void shouldStayShortWhenASourceFileGrows() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve("device-io"))) {
      root = root.getParent();
    }
    Set<String> tooLong = new TreeSet<>();
    int files = 0;
    for (Path sources : sourcesBelow(root)) {
      try (Stream<Path> all = Files.walk(sources)) {
        for (Path file : all.filter(path -> path.toString().endsWith(".java")).toList()) {
          files++;
          int lines = Files.readAllLines(file).size();
          if (lines > MOST_LINES) {
            tooLong.add(root.relativize(file) + ": " + lines + " lines");
          }
        }
      }
    }
    assertTrue(files > 80, "sources were not found: " + files);
    requireNone(tooLong);
  }

  private static List<Path> sourcesBelow(Path root) throws IOException {
    try (Stream<Path> modules = Files.list(root)) {
      return modules
          .map(module -> module.resolve("src/main/java"))
          .filter(Files::isDirectory)
          .toList();
    }
  }
}
