package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0,0",
    "4096,4096",
    "4k,4096",
    "64K,65536",
    "1m,1048576",
    "1.5g,1610612736",
    "1GiB,1073741824",
    "2t,2199023255552",
    "10b,10"
  })
  void shouldReadWhatPeopleWrite(String text, long bytes) {
    assertEquals(bytes, new ByteSize().convert(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1", "1x", "1e9", "0.3", "9999999999g", "1 2"})
  void shouldRefuseWhatIsNoSize(String text) {
    assertThrows(TypeConversionException.class, () -> new ByteSize().convert(text));
  }

  @Test
  void shouldWriteThreeDigits() {
    assertEquals("999 B", ByteSize.format(999));
    assertEquals("1.00 KiB", ByteSize.format(1024));
    assertEquals("15.3 MiB", ByteSize.format(16 * 1000 * 1000));
    assertEquals("640 MiB", ByteSize.format(640L << 20));
  }
}
