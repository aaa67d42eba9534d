package dev.peregrine;

import dev.peregrine.internal.checkpoint.CheckpointFiles;
import dev.peregrine.internal.checkpoint.Manifest;
import dev.peregrine.internal.checkpoint.ManifestCodec;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Changes manifests as one would who can compute checksums. */
final class ManifestForger {
  private ManifestForger() {}

  static Manifest read(Path directory, CheckpointToken token) {
    String path = CheckpointFiles.manifestPath(token);
    return ManifestCodec.decode(DamageBed.read(directory.resolve(path)), path);
  }

  static void change(Path directory, CheckpointToken token, UnaryOperator<Manifest> change) {
    Path path = directory.resolve(CheckpointFiles.manifestPath(token));
    DamageBed.write(path, ManifestCodec.encode(change.apply(read(directory, token))));
  }

  static Manifest with(Manifest manifest, Manifest.StoreShape store) {
    return new Manifest(
        manifest.token(),
        manifest.kind(),
        manifest.createdMillis(),
        store,
        manifest.indexToken(),
        manifest.index(),
        manifest.log(),
        manifest.snapshot(),
        manifest.sessions());
  }

  static Manifest with(Manifest manifest, Manifest.LogPart log) {
    return new Manifest(
        manifest.token(),
        manifest.kind(),
        manifest.createdMillis(),
        manifest.store(),
        manifest.indexToken(),
        manifest.index(),
        log,
        manifest.snapshot(),
        manifest.sessions());
  }

  static Manifest with(Manifest manifest, Manifest.IndexPart index) {
    return new Manifest(
        manifest.token(),
        manifest.kind(),
        manifest.createdMillis(),
        manifest.store(),
        manifest.indexToken(),
        index,
        manifest.log(),
        manifest.snapshot(),
        manifest.sessions());
  }

  static Manifest with(Manifest manifest, Manifest.SnapshotPart snapshot) {
    return new Manifest(
        manifest.token(),
        manifest.kind(),
        manifest.createdMillis(),
        manifest.store(),
        manifest.indexToken(),
        manifest.index(),
        manifest.log(),
        snapshot,
        manifest.sessions());
  }

  static Manifest with(Manifest manifest, Manifest.SessionPart sessions) {
    return new Manifest(
        manifest.token(),
        manifest.kind(),
        manifest.createdMillis(),
        manifest.store(),
        manifest.indexToken(),
        manifest.index(),
        manifest.log(),
        manifest.snapshot(),
        sessions);
  }
}
