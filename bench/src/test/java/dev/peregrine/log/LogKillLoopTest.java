package dev.peregrine.log;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.DeviceKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes a log is killed, and every promise that it made is kept. */
class LogKillLoopTest {
  @TempDir Path directory;

  @Test
  void shouldKeepEveryPromiseWhenTheProcessIsKilled() throws Exception {
    for (boolean truncates : new boolean[] {true, false}) {
      Path log = directory.resolve("log-" + truncates);
      LogKillLoop loop = new LogKillLoop(log, DeviceKind.AUTO, truncates, System.nanoTime());
      long promises = 0;
      for (int i = 0; i < 3; i++) {
        promises = loop.round().promises();
      }
      assertTrue(promises > 0, "nothing was promised");
    }
  }
}
