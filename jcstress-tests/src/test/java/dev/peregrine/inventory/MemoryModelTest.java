package dev.peregrine.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.Store;
import dev.peregrine.memory.Memory;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.infra.runners.TestList;

/** {@code docs/MEMORY-MODEL.md} names every word that the production classes share. */
class MemoryModelTest {
  private static final Path DOCUMENT = Path.of("../docs/MEMORY-MODEL.md");

  /** What the checker must find fault with, where a table does not name it. */
  private static final class Sharing {
    private static final VarHandle HANDLE = handle();

    private final AtomicLong atomic = new AtomicLong();
    private volatile long flag;
    private long word;

    private static VarHandle handle() {
      try {
        return MethodHandles.lookup().findVarHandle(Sharing.class, "word", long.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    void publish(long address) {
      HANDLE.setRelease(this, 1L);
      Memory.putLongRelease(address, word);
      Runnable later = () -> Memory.casLong(address, 0, flag);
      later.run();
      atomic.lazySet(1);
    }

    synchronized void lock() {
      word++;
    }
  }

  private static final String COMPLETE =
      """
      | Word | Class | Writers | Readers | Invariant | jcstress |
      |---|---|---|---|---|---|
      | a word | `MemoryModelTest.Sharing.word` | one | one | none | `OneTests.Scenario` |
      | another | `MemoryModelTest.Sharing` | one | one | none | – (one writer) |

      | Class | Member | Accesses | Word |
      |---|---|---|---|
      | `MemoryModelTest.Sharing` | `HANDLE` | handle | a word |
      | `MemoryModelTest.Sharing` | `atomic` | atomic field | another |
      | `MemoryModelTest.Sharing` | `flag` | volatile field | another |
      | `MemoryModelTest.Sharing` | `publish` | casLong, lazySet, putLongRelease, setRelease | a word, another |

      | Class | Guards |
      |---|---|
      | `MemoryModelTest.Sharing` | a word |
      """;

  @Test
  void shouldNameAllThatIsSharedWhenComparedWithTheClasses() throws IOException {
    Inventory inventory = new Inventory();
    Inventory.classesBeside(Memory.class).forEach(inventory::add);
    Inventory.classesBeside(Store.class).forEach(inventory::add);
    Set<String> tests =
        TestList.tests().stream()
            .map(name -> name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1))
            .collect(Collectors.toSet());
    List<String> problems = MemoryModel.read(DOCUMENT).problems(inventory, tests);
    assertTrue(problems.isEmpty(), () -> String.join("\n", problems));
  }

  @Test
  void shouldFindNothingWhenAllIsNamed() throws IOException {
    assertEquals(List.of(), problems(COMPLETE));
  }

  @Test
  void shouldFailWhenARowOfAnAccessIsMissing() throws IOException {
    List<String> missed = new ArrayList<>();
    for (String line : COMPLETE.lines().toList()) {
      if (line.startsWith("| `")) {
        String without = COMPLETE.replace(line + "\n", "");
        missed.addAll(problems(without));
      }
    }
    assertEquals(
        List.of(
            "access not in the table: MemoryModelTest.Sharing HANDLE: handle",
            "access not in the table: MemoryModelTest.Sharing atomic: atomic field",
            "access not in the table: MemoryModelTest.Sharing flag: volatile field",
            "access not in the table: MemoryModelTest.Sharing publish:"
                + " casLong, lazySet, putLongRelease, setRelease",
            "lock not in the table: MemoryModelTest.Sharing"),
        missed);
  }

  @Test
  void shouldFailWhenAMethodAccessesOtherwiseThanListed() throws IOException {
    List<String> problems = problems(COMPLETE.replace("casLong, lazySet", "lazySet"));
    assertEquals(2, problems.size(), problems::toString);
  }

  @Test
  void shouldFailWhenATableNamesWhatIsNotThere() throws IOException {
    assertEquals(
        List.of("no such class or field: MemoryModelTest.Sharing.gone"),
        problems(COMPLETE.replace("Sharing.word", "Sharing.gone")));
    assertEquals(
        List.of("no such test: OneTests.Gone"),
        problems(COMPLETE.replace("OneTests.Scenario", "OneTests.Gone")));
    assertEquals(
        List.of("neither a test nor a reason: another"),
        problems(COMPLETE.replace("– (one writer)", "–")));
    assertEquals(1, problems(COMPLETE.replace("handle | a word", "handle | a wort")).size());
  }

  private static List<String> problems(String text) throws IOException {
    Inventory inventory = new Inventory();
    try (InputStream in = Sharing.class.getResourceAsStream("MemoryModelTest$Sharing.class")) {
      ClassModel sharing = ClassFile.of().parse(in.readAllBytes());
      inventory.add(sharing);
    }
    return MemoryModel.of(text).problems(inventory, Set.of("OneTests.Scenario"));
  }
}
