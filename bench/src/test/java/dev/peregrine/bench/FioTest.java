package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FioTest {
  private static final String OUTPUT =
      """
      note: fio may say something before
      {"fio version" : "fio-3.33", "jobs" : [ { "read" : {
          "io_bytes" : 409600, "iops" : 50.5, "runtime" : 2000, "total_ios" : 100,
          "clat_ns" : { "percentile" : {
              "50.000000" : 400, "99.000000" : 900, "99.900000" : 1500 } } },
        "write" : { "total_ios" : 0 } } ] }
      """;

  @Test
  void shouldReadWhatFioSays() {
    Measurement measurement = Fio.parse(OUTPUT, true);
    assertEquals(100, measurement.operations());
    assertEquals(50.5, measurement.opsPerSecond());
    assertEquals(TimeUnit.SECONDS.toNanos(2), measurement.elapsedNanos());
    assertEquals(400, measurement.p50Nanos());
    assertEquals(900, measurement.p99Nanos());
    assertEquals(1500, measurement.p999Nanos());
    assertEquals(409_600, measurement.deviceBytesRead());
  }

  @Test
  void shouldRefuseARunThatDidNothing() {
    assertThrows(CheckFailedException.class, () -> Fio.parse(OUTPUT, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "fio: not found", "{", "{}"})
  void shouldRefuseWhatIsNoReport(String output) {
    assertThrows(CheckFailedException.class, () -> Fio.parse(output, true));
  }
}
