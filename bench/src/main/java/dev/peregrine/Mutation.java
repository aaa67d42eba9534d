package dev.peregrine;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Opcode;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A change of one method of the engine's classes, made when they are loaded by a {@link
 * MutantLoader}.
 *
 * @param className the class
 * @param method its method; there is one of this name
 * @param code what is run instead of the method's own code, or before it
 * @param replaces whether it is run instead
 */
record Mutation(String className, String method, Consumer<CodeBuilder> code, boolean replaces) {
  private static final String INTERNAL = "dev.peregrine.internal.";
  private static final ClassDesc FUTURE = ClassDesc.of(CompletableFuture.class.getName());
  private static final ClassDesc TOKEN = ClassDesc.of("dev.peregrine.CheckpointToken");
  private static final ClassDesc JOB = internal("checkpoint.CheckpointJob");
  private static final ClassDesc MANIFEST = internal("checkpoint.Manifest");
  private static final ClassDesc RECOVERY = internal("recovery.StoreRecovery");
  private static final ClassDesc PLAN = internal("recovery.RecoveryPlan");
  private static final ClassDesc CONTEXT = internal("ops.SessionContext");
  private static final ClassDesc LOG = internal("hlog.HybridLog");

  /** {@code future.complete(token)} before the manifest is published. */
  static Mutation ackEarly() {
    return before(
        INTERNAL + "checkpoint.CheckpointJob",
        "persistence",
        code ->
            code.aload(0)
                .getfield(JOB, "future", FUTURE)
                .aload(0)
                .getfield(JOB, "token", TOKEN)
                .invokevirtual(
                    FUTURE,
                    "complete",
                    MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object))
                .pop());
  }

  /** The CRC32C of blocks is 0. */
  static Mutation sumOfBlocks() {
    return instead("dev.peregrine.memory.Checksum", "of", code -> code.iconst_0().ireturn());
  }

  /** The CRC32C of a manifest is 0. */
  static Mutation sumOfManifest() {
    return instead(
        INTERNAL + "checkpoint.ManifestCodec", "checksum", code -> code.iconst_0().ireturn());
  }

  /** {@code deleteNewer(plan.manifest().token())} before anything is read. */
  static Mutation deleteFirst() {
    return before(
        INTERNAL + "recovery.StoreRecovery",
        "recover",
        code ->
            code.aload(0)
                .aload(0)
                .getfield(RECOVERY, "plan", PLAN)
                .invokevirtual(PLAN, "manifest", MethodTypeDesc.of(MANIFEST))
                .invokevirtual(MANIFEST, "token", MethodTypeDesc.of(TOKEN))
                .invokevirtual(
                    RECOVERY, "deleteNewer", MethodTypeDesc.of(ConstantDescs.CD_void, TOKEN)));
  }

  /** {@code return address >= log.readOnlyAcquire()}, whatever the cut. */
  static Mutation floorIgnored() {
    return instead(
        INTERNAL + "ops.SessionContext",
        "isMutable",
        code ->
            code.lload(1)
                .aload(0)
                .getfield(CONTEXT, "log", LOG)
                .invokevirtual(LOG, "readOnlyAcquire", MethodTypeDesc.of(ConstantDescs.CD_long))
                .lcmp()
                .ifThenElse(
                    Opcode.IFGE, yes -> yes.iconst_1().ireturn(), no -> no.iconst_0().ireturn()));
  }

  /** No session has pending changes. */
  static Mutation pendingIgnored() {
    return instead(
        INTERNAL + "checkpoint.CheckpointJob", "helpPending", code -> code.iconst_0().ireturn());
  }

  /** The class with this change. */
  byte[] apply(byte[] original) {
    boolean[] found = new boolean[1];
    ClassTransform changed =
        ClassTransform.transformingMethods(
            candidate -> candidate.methodName().equalsString(method),
            (builder, element) -> {
              if (element instanceof CodeModel before) {
                found[0] = true;
                builder.withCode(changedCode -> write(changedCode, before));
              } else {
                builder.with(element);
              }
            });
    ClassFile files = ClassFile.of();
    byte[] mutant = files.transformClass(files.parse(original), changed);
    if (!found[0]) {
      throw new IllegalStateException(
          "there is no method " + method + " in " + className + " to be sabotaged any more");
    }
    return mutant;
  }

  private void write(CodeBuilder builder, CodeModel before) {
    code.accept(builder);
    if (!replaces) {
      before.forEach(builder);
    }
  }

  private static Mutation before(String className, String method, Consumer<CodeBuilder> code) {
    return new Mutation(className, method, code, false);
  }

  private static Mutation instead(String className, String method, Consumer<CodeBuilder> code) {
    return new Mutation(className, method, code, true);
  }

  private static ClassDesc internal(String name) {
    return ClassDesc.of(INTERNAL + name);
  }
}
