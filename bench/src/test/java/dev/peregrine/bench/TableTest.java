package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void shouldAlignColumns() {
    Table table = new Table("name", "n");
    table.row("a", "1");
    table.row("longer", "12,345");
    String expected = "name         n\na            1\nlonger  12,345\n";
    assertEquals(expected, table.toString().replace(System.lineSeparator(), "\n"));
    assertThrows(IllegalArgumentException.class, () -> table.row("too few"));
  }

  @Test
  void shouldScaleFigures() {
    assertEquals("12.3 M/s", Figures.rate(12_345_678));
    assertEquals("950 /s".replace(" ", ""), Figures.rate(950));
    assertEquals("1.25 us", Figures.time(1250));
    assertEquals("-", Figures.time(0));
    assertEquals("1,234,567", Figures.count(1_234_567));
    assertEquals(2.0, Figures.median(List.of(3.0, 1.0, 2.0)));
    assertEquals(1.5, Figures.median(List.of(2.0, 1.0)));
  }
}
