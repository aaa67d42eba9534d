package dev.peregrine.bench.compare.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.peregrine.bench.CheckFailedException;
import dev.peregrine.bench.Keys;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {
  private static final long KEY = Keys.of(7);

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 16, 31, 100})
  void shouldAcceptEachFormWhenTheValueIsWhole(int length) {
    long word = Payload.word(KEY, 5);
    byte[] array = new byte[length];
    Payload.fill(array, KEY, word);
    byte[] byBuffer = new byte[length];
    ByteBuffer buffer = ByteBuffer.wrap(byBuffer).order(ByteOrder.LITTLE_ENDIAN);
    Payload.fill(buffer, length, KEY, word);
    for (byte[] value : new byte[][] {array, byBuffer}) {
      assertEquals(word, Payload.check(value, length, KEY));
      ByteBuffer view = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
      assertEquals(word, Payload.check(view, length, KEY));
    }
    assertEquals(word + 1, Payload.check(Payload.incremented(array), length, KEY));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 31, 100})
  void shouldRefuseEachFormWhenOneByteIsWrong(int length) {
    for (int at = Integer.BYTES; at < length; at++) {
      byte[] value = new byte[length];
      Payload.fill(value, KEY, Payload.word(KEY, 5));
      value[at] ^= 1;
      assertThrows(CheckFailedException.class, () -> Payload.check(value, length, KEY));
      ByteBuffer buffer = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
      assertThrows(CheckFailedException.class, () -> Payload.check(buffer, length, KEY));
    }
  }

  @Test
  void shouldRefuseAValueWhenItIsMissingOrOfAnotherLengthOrKey() {
    byte[] value = new byte[100];
    Payload.fill(value, KEY, Payload.word(KEY, 5));
    assertThrows(CheckFailedException.class, () -> Payload.check((byte[]) null, 100, KEY));
    assertThrows(CheckFailedException.class, () -> Payload.check(value, 99, KEY));
    assertThrows(CheckFailedException.class, () -> Payload.check(value, 100, Keys.of(8)));
    long word = Payload.word(Keys.of(8), 5);
    assertThrows(CheckFailedException.class, () -> Payload.check(word, KEY));
  }
}
