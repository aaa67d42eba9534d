package dev.peregrine.device;

import static dev.peregrine.posix.NativeCall.link;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every volume of real files promises beside the {@link VolumeContract}. */
abstract class FileVolumeContract extends VolumeContract {
  private static final MethodHandle UMASK =
      link("umask", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  /** How the devices transfer. */
  protected abstract DeviceKind kind();

  private Path root() {
    return directory.resolve("volume");
  }

  @Override
  protected Volume open() {
    return Volumes.open(root(), kind());
  }

  private static int umask(int mask) {
    try {
      return (int) UMASK.invokeExact(mask);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void shouldMakeEverythingPrivateWhenTheUmaskForbidsNothing() throws IOException {
    int before = umask(0);
    Path deep = directory.resolve("x/y/volume");
    try (Volume volume = Volumes.open(deep, kind())) {
      volume.makeDirectory("d");
      volume.write("d/a", bytes("1"));
      volume.write("b", bytes("1"));
      volume.rename("b", "c");
      try (Device device = volume.openDevice("d/s", 4096)) {
        device.ensureCapacity(1);
      }
    } finally {
      umask(before);
    }
    List<Path> seen = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(directory.resolve("x"))) {
      for (Path path : paths.toList()) {
        seen.add(path.getFileName());
        String expected = Files.isDirectory(path) ? "rwx------" : "rw-------";
        assertEquals(expected, permissions(path), path.toString());
      }
    }
    assertEquals(8, seen.size(), seen.toString());
  }

  @Test
  void shouldRefuseEveryCallWhenALinkOrSpecialFileIsInTheWay() throws Exception {
    try (Volume volume = open()) {
      Path outside = Files.createDirectory(directory.resolve("outside"));
      Files.writeString(outside.resolve("a"), "secret");
      Files.createSymbolicLink(root().resolve("toFile"), outside.resolve("a"));
      Files.createSymbolicLink(root().resolve("toNothing"), outside.resolve("b"));
      Files.createSymbolicLink(root().resolve("toDirectory"), outside);
      Path fifo = root().resolve("fifo");
      assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
      volume.write("own", bytes("1"));
      for (String path : List.of("toFile", "toNothing", "fifo", "toDirectory/a", "toDirectory")) {
        List<Runnable> calls =
            List.of(
                () -> volume.exists(path),
                () -> volume.list(path),
                () -> volume.makeDirectory(path),
                () -> volume.read(path, 100),
                () -> volume.sync(path),
                () -> volume.rename(path, "to"),
                () -> volume.rename("own", path),
                () -> volume.delete(path),
                () -> volume.syncDirectory(path),
                () -> volume.openDevice(path + "/s", 4096));
        for (int i = 0; i < calls.size(); i++) {
          DeviceException e =
              assertThrows(DeviceException.class, calls.get(i)::run, path + ", call " + i);
          assertTrue(e.getMessage().contains("symbolic link or a special file"), e.getMessage());
        }
        assertThrows(DeviceException.class, () -> volume.write(path, bytes("1")), path);
      }
      assertEquals("secret", Files.readString(outside.resolve("a")));
      assertFalse(Files.exists(outside.resolve("b")));
      assertTrue(volume.exists("own"));
    }
  }

  @Test
  void shouldLeaveOutForeignNamesAndTheLockWhenListing() throws IOException {
    try (Volume volume = open()) {
      Files.createDirectory(root().resolve("lost+found"));
      Files.writeString(root().resolve(".nfs0001"), "");
      volume.write("a", bytes("1"));
      assertEquals(List.of("a"), volume.list(""));
      assertTrue(Files.exists(root().resolve("lock")));
    }
  }

  @Test
  void shouldShareOneLockWhenReachedByALinkOrAnotherSpelling() throws IOException {
    Path link = directory.resolve("link");
    try (Volume volume = open()) {
      Files.createSymbolicLink(link, root());
      for (Path path : List.of(link, root().resolve("../volume"), root().resolve("."))) {
        assertThrows(DeviceException.class, () -> Volumes.open(path, kind()).close());
      }
      volume.write("a", bytes("1"));
    }
    try (Volume volume = Volumes.open(link, kind())) {
      assertTrue(volume.exists("a"));
      assertTrue(volume.describe().contains(root().toRealPath().toString()), volume.describe());
    }
  }

  @Test
  void shouldRefuseKindsWithoutFilesAndPlacesThatAreNoDirectory() throws IOException {
    for (DeviceKind wrong : List.of(DeviceKind.MEMORY, DeviceKind.NULL)) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> Volumes.open(root(), wrong));
      assertTrue(e.getMessage().contains(wrong.name()), e.getMessage());
    }
    assertFalse(Files.exists(root()));
    Files.writeString(root(), "a file");
    failure(EEXIST, () -> open().close());
    Files.delete(root());
    Files.createDirectory(root());
    Files.createSymbolicLink(root().resolve("lock"), directory.resolve("elsewhere"));
    assertThrows(DeviceException.class, () -> open().close());
    assertFalse(Files.exists(directory.resolve("elsewhere")));
  }

  @Test
  void shouldUseTheKindThatWasAskedFor() {
    try (Volume volume = open();
        Device device = volume.openDevice("s", 4096)) {
      assertTrue(volume.describe().contains(kind().name()), volume.describe());
      String start = kind() == DeviceKind.PREAD ? "pread/pwrite on 4" : "io_uring on ";
      assertTrue(device.describe().startsWith(start), device.describe());
    }
  }

  private Process child(String mode) throws IOException {
    return child("exec \"$@\"", mode);
  }

  /** A child JVM; a shell that may set limits first starts it. */
  private Process child(String script, String mode) throws IOException {
    List<String> command =
        List.of(
            "bash",
            "-c",
            script,
            "bash",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            FileVolumeContract.class.getName(),
            root().toString(),
            kind().name(),
            mode);
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  @Test
  void shouldRefuseWhileAnotherProcessHasItAndOpenWhenThatIsKilled() throws Exception {
    Process child = child("hold");
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      assertEquals("OPEN", output.readLine());
      DeviceException e = assertThrows(DeviceException.class, () -> open().close());
      assertTrue(e.getMessage().contains("another process"), e.getMessage());
    } finally {
      child.destroyForcibly().waitFor();
    }
    try (Volume volume = open()) {
      assertEquals("held", new String(volume.read("a", 10), StandardCharsets.UTF_8));
    }
  }

  @Test
  void shouldHoldTheLockAgainstOtherProcessesAfterARefusalInThisOne() throws Exception {
    try (Volume volume = open()) {
      assertThrows(DeviceException.class, () -> open().close());
      Process child = child("try");
      String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, child.waitFor(), output);
      assertTrue(output.startsWith("REFUSED"), output);
      assertFalse(volume.exists("a"));
    }
  }

  @Test
  void shouldLeaveNoFileWhenItCannotBeWrittenAsAWhole() throws Exception {
    Process child = child("ulimit -f 64; exec \"$@\"", "write");
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), output);
    assertTrue(output.startsWith("REFUSED write failed on "), output);
    assertTrue(output.contains("EFBIG"), output);
    try (Volume volume = open()) {
      assertEquals(List.of("small"), volume.list(""));
    }
  }

  /** The child: opens the volume, and holds it until it is killed or writes to it. */
  public static void main(String[] args) throws Exception {
    try (Volume volume = Volumes.open(Path.of(args[0]), DeviceKind.valueOf(args[1]))) {
      if (args[2].equals("hold")) {
        volume.write("a", bytes("held"));
        System.out.println("OPEN");
        Thread.sleep(Long.MAX_VALUE);
      } else if (args[2].equals("write")) {
        volume.write("small", new byte[60_000]);
        volume.write("large", new byte[100_000]);
      }
    } catch (DeviceException e) {
      System.out.println("REFUSED " + e.getMessage());
    }
  }
}
