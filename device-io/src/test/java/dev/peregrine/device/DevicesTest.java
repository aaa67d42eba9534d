package dev.peregrine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DevicesTest {
  @TempDir Path directory;

  @Test
  void shouldChooseUringWhenItWorks() {
    assertNull(Devices.uringUnavailabilityCause());
    try (Device device = Devices.open(DeviceOptions.builder().directory(directory).build())) {
      assertTrue(device.describe().startsWith("io_uring on "), device.describe());
      assertTrue(device.describe().endsWith(", direct"), device.describe());
    }
  }

  @Test
  void shouldBeBufferedWhenNotDirect() {
    try (Device device =
        Devices.open(DeviceOptions.builder().directory(directory).direct(false).build())) {
      assertTrue(device.describe().endsWith(", buffered"), device.describe());
      assertEquals(512, device.sectorBytes());
    }
  }

  @Test
  void shouldRefuseOptionsWhenOutOfRange() {
    DeviceOptions.Builder builder = DeviceOptions.builder();
    assertThrows(IllegalArgumentException.class, builder::build);
    builder.directory(directory);
    assertThrows(IllegalArgumentException.class, () -> builder.segmentBytes(5000).build());
    assertThrows(IllegalArgumentException.class, () -> builder.segmentBytes(2048).build());
    builder.segmentBytes(4096);
    assertThrows(IllegalArgumentException.class, () -> builder.preadThreads(0).build());
  }

  @Test
  void shouldFallBackToPreadWhenTheLibraryIsMissing() throws Exception {
    String output = openInChild("liburing-none.so.2", DeviceKind.AUTO);
    assertTrue(output.contains("RESULT pread/pwrite"), output);
    assertTrue(output.contains("liburing-none.so.2 not found: install liburing"), output);
    assertTrue(output.contains("WARNING"), output);
  }

  @Test
  void shouldSayWhatToDoWhenUringIsAskedForAndMissing() throws Exception {
    String output = openInChild("/nowhere/liburing.so.2", DeviceKind.URING);
    assertTrue(output.contains("no absolute path of a file"), output);
    assertTrue(output.contains("use kind AUTO or PREAD"), output);
  }

  private String openInChild(String library, DeviceKind kind) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dperegrine.checks=true",
                "-Dperegrine.liburing=" + library,
                "-cp",
                System.getProperty("java.class.path"),
                DevicesTest.class.getName(),
                directory.toString(),
                kind.name())
            .redirectErrorStream(true)
            .start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), output);
    return output;
  }

  /** The child: opens a device, writes through it, and prints what it is. */
  public static void main(String[] args) {
    DeviceOptions options =
        DeviceOptions.builder()
            .directory(Path.of(args[0]))
            .segmentBytes(1 << 20)
            .kind(DeviceKind.valueOf(args[1]))
            .build();
    try (Device device = Devices.open(options)) {
      device.ensureCapacity(1);
      device.sync();
      System.out.println("RESULT " + device.describe());
    } catch (DeviceException e) {
      System.out.println("RESULT " + e.getMessage());
    }
  }
}
