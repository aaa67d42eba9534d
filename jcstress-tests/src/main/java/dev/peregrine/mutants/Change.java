package dev.peregrine.mutants;

import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * A change of one method of a production class, made to its bytes. Where nothing is found to be
 * changed any more, it throws.
 *
 * @param method there is one of this name
 * @param kind what is done to it
 * @param from the method whose calls are replaced; or nothing
 * @param to the method of {@link Weak} that takes their place; or nothing
 */
record Change(String method, Kind kind, String from, String to) {
  /** What is done to the method. */
  enum Kind {
    /** Calls of a method become calls of another. */
    CALL,
    /** It answers yes at once. */
    YES,
    /** It takes no monitor. */
    UNSYNCHRONIZED,
    /** Its first sum of two {@code long}s is the first of the two. */
    NOT_ADDED
  }

  private static final ClassDesc WEAK = ClassDesc.of(Weak.class.getName());

  static Change call(String method, String from, String to) {
    return new Change(method, Kind.CALL, from, to);
  }

  static Change yes(String method) {
    return new Change(method, Kind.YES, "", "");
  }

  static Change unsynchronized(String method) {
    return new Change(method, Kind.UNSYNCHRONIZED, "", "");
  }

  static Change notAdded(String method) {
    return new Change(method, Kind.NOT_ADDED, "", "");
  }

  /** The class with this change. */
  byte[] apply(byte[] original) {
    ClassFile files = ClassFile.of();
    ClassModel model = files.parse(original);
    boolean[] done = new boolean[1];
    byte[] changed =
        files.transformClass(
            model,
            ClassTransform.transformingMethods(
                candidate -> candidate.methodName().equalsString(method),
                (builder, element) -> {
                  if (element instanceof CodeModel code && kind != Kind.UNSYNCHRONIZED) {
                    builder.withCode(into -> code(into, code, done));
                  } else if (element instanceof AccessFlags flags
                      && kind == Kind.UNSYNCHRONIZED
                      && flags.has(AccessFlag.SYNCHRONIZED)) {
                    done[0] = true;
                    builder.withFlags(flags.flagsMask() & ~AccessFlag.SYNCHRONIZED.mask());
                  } else {
                    builder.with(element);
                  }
                }));
    if (!done[0]) {
      throw new IllegalStateException(
          "nothing left to change: " + this + " in " + model.thisClass().asInternalName());
    }
    return changed;
  }

  private void code(CodeBuilder into, CodeModel code, boolean[] done) {
    if (kind == Kind.YES) {
      done[0] = true;
      into.iconst_1().ireturn();
      return;
    }
    for (CodeElement element : code) {
      if (kind == Kind.CALL
          && element instanceof InvokeInstruction call
          && call.name().equalsString(from)) {
        done[0] = true;
        into.invokestatic(WEAK, to, typeOf(to));
      } else if (kind == Kind.NOT_ADDED
          && !done[0]
          && element instanceof OperatorInstruction sum
          && sum.opcode() == Opcode.LADD) {
        done[0] = true;
        into.pop2();
      } else {
        into.with(element);
      }
    }
  }

  private static MethodTypeDesc typeOf(String name) {
    Method method =
        Arrays.stream(Weak.class.getMethods())
            .filter(candidate -> candidate.getName().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("there is no Weak." + name));
    return MethodTypeDesc.of(
        method.getReturnType().describeConstable().orElseThrow(),
        Arrays.stream(method.getParameterTypes())
            .map(type -> type.describeConstable().orElseThrow())
            .toList());
  }
}
