package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.CheckpointKind;
import dev.peregrine.CheckpointToken;
import dev.peregrine.Session;
import dev.peregrine.Store;
import dev.peregrine.StoreConfig;
import dev.peregrine.StoreKind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class CheckpointsCommandTest {
  @TempDir private Path directory;

  private final List<CheckpointToken> tokens = new ArrayList<>();
  private String out = "";
  private String err = "";

  private int run(String... args) {
    StringWriter outText = new StringWriter();
    StringWriter errText = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(outText)).setErr(new PrintWriter(errText));
    int exit = line.execute(args);
    out = outText.toString();
    err = errText.toString();
    return exit;
  }

  private JsonNode json() {
    return new ObjectMapper().readTree(out);
  }

  @BeforeEach
  void build() {
    StoreConfig config =
        StoreConfig.builder(StoreKind.LONG_TO_LONG)
            .directory(directory)
            .memoryBytes(8 << 20)
            .pageBytes(64 << 10)
            .segmentBytes(1 << 20)
            .pendingDepth(8)
            .build();
    try (Store store = Store.open(config);
        Session session = store.newSession()) {
      tokens.add(store.checkpoints().getFirst().token());
      for (CheckpointKind kind : CheckpointKind.values()) {
        for (long key = 0; key < 2000; key++) {
          session.upsert(key, kind.ordinal());
        }
        tokens.add(store.checkpoint(kind).await());
      }
    }
  }

  private void damage(String file) throws Exception {
    Path path = directory.resolve(file);
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length / 2] ^= 1;
    Files.write(path, bytes);
  }

  @Test
  void shouldListInTextAndJson() {
    assertEquals(Main.EXIT_OK, run("checkpoints", "list", directory.toString()), err);
    for (CheckpointToken token : tokens) {
      assertTrue(out.contains(token.toString()), out);
    }
    assertTrue(out.contains("snapshot 2"), out);
    assertEquals(Main.EXIT_OK, run("checkpoints", "list", "--json", directory.toString()), err);
    JsonNode list = json().path("checkpoints");
    assertEquals(tokens.size(), list.size());
    assertEquals("INCREMENTAL", list.path(3).path("kind").asString());
    assertEquals(tokens.get(2).toString(), list.path(3).path("base").asString());
    assertTrue(list.path(3).path("problem").isNull());
  }

  @Test
  void shouldVerifyEachAndTellWhatItSaw() {
    for (CheckpointToken token : tokens) {
      int exit =
          run("checkpoints", "verify", "--json", "--token", token.toString(), directory.toString());
      if (token.equals(tokens.get(4))) {
        assertEquals(Main.EXIT_USAGE, exit, out);
        assertTrue(err.contains("index alone"), err);
      } else {
        assertEquals(Main.EXIT_OK, exit, out);
        assertEquals(token.toString(), json().path("token").asString());
      }
    }
    assertEquals(Main.EXIT_OK, run("checkpoints", "verify", directory.toString()), err);
    assertTrue(out.contains(tokens.getLast() + " is good"), out);
  }

  @Test
  void shouldExitWithOneWhenAProblemIsFound() throws Exception {
    damage("log.000000000");
    damage("checkpoints/" + tokens.get(3) + "/manifest");
    assertEquals(Main.EXIT_FAILED, run("checkpoints", "list", directory.toString()));
    assertTrue(out.contains("PROBLEM"), out);
    assertEquals(Main.EXIT_FAILED, run("checkpoints", "list", "--json", directory.toString()));
    assertFalse(json().path("checkpoints").path(3).path("problem").isNull());
    String index = "checkpoints/" + tokens.get(1) + "/index.000000000";
    damage(index);
    String token = tokens.get(1).toString();
    String[] verify = {"checkpoints", "verify", "--token", token, directory.toString()};
    assertEquals(Main.EXIT_FAILED, run(verify));
    assertTrue(out.contains("PROBLEM") && out.contains("index"), out);
    String[] asJson = {"checkpoints", "verify", "--json", "--token", token, directory.toString()};
    assertEquals(Main.EXIT_FAILED, run(asJson));
    assertFalse(json().path("ok").asBoolean(true));
  }

  @Test
  void shouldPrune() {
    assertEquals(
        Main.EXIT_OK, run("checkpoints", "prune", "--keep", "1", "--json", directory.toString()));
    JsonNode deleted = json().path("deleted");
    assertTrue(deleted.size() >= 3, out);
    assertEquals(tokens.getFirst().toString(), deleted.path(0).asString());
    assertEquals(Main.EXIT_OK, run("checkpoints", "verify", directory.toString()), out);
    assertEquals(Main.EXIT_OK, run("checkpoints", "prune", "--keep", "1", directory.toString()));
    assertTrue(out.contains("0 deleted"), out);
  }
}
