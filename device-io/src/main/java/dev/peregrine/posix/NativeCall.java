package dev.peregrine.posix;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Binds C functions: the only class that names {@link Linker.Option}.
 *
 * <p>No call is linked as {@code critical}: each of them may block or fault, and a critical call
 * holds off safepoints for the whole JVM.
 */
@SuppressWarnings("restricted")
public final class NativeCall {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno")).withInvokeExactBehavior();

  private NativeCall() {}

  /** A C pointer. */
  public static final AddressLayout POINTER = ValueLayout.ADDRESS;

  /** Links a function of the C library that reports through its result alone. */
  public static MethodHandle link(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(find(LINKER.defaultLookup(), name), descriptor);
  }

  /**
   * Links a function of the C library that sets {@code errno}; the handle takes the {@linkplain
   * #allocateErrno segment} that receives it as first argument.
   */
  public static MethodHandle linkWithErrno(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        find(LINKER.defaultLookup(), name), descriptor, Linker.Option.captureCallState("errno"));
  }

  /**
   * As {@link #linkWithErrno}, for a C function whose parameters after the first {@code fixedCount}
   * are variadic.
   */
  public static MethodHandle linkVariadicWithErrno(
      String name, int fixedCount, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        find(LINKER.defaultLookup(), name),
        descriptor,
        Linker.Option.firstVariadicArg(fixedCount),
        Linker.Option.captureCallState("errno"));
  }

  /** As {@link #linkVariadicWithErrno}, for a function that reports through its result alone. */
  public static MethodHandle linkVariadic(
      String name, int fixedCount, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        find(LINKER.defaultLookup(), name), descriptor, Linker.Option.firstVariadicArg(fixedCount));
  }

  /** Links a function of another library that reports through its result alone. */
  public static MethodHandle link(
      SymbolLookup library, String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(find(library, name), descriptor);
  }

  /** A segment that receives {@code errno}; one for each thread that calls at the same time. */
  public static MemorySegment allocateErrno(Arena arena) {
    return arena.allocate(STATE);
  }

  /** The {@code errno} that the last call with this segment left. */
  public static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /** What a downcall's declared {@link Throwable} means: a bug in the binding. */
  public static AssertionError unexpected(Throwable cause) {
    return new AssertionError("native call", cause);
  }

  private static MemorySegment find(SymbolLookup library, String name) {
    return library
        .find(name)
        .orElseThrow(() -> new UnsatisfiedLinkError("no function " + name + " in the library"));
  }
}
