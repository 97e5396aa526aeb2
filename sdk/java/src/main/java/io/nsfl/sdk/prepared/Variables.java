package io.nsfl.sdk.prepared;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Map;

/**
 * The environment of this very process, as Java code, native code and child processes see it.
 *
 * <p>Java has no way to change it: {@link System#getenv} is a copy made once. A prepared JVM is started before its task is known, so
 * that copy is opened by reflection and rewritten, and the C library's own is rewritten through its functions. The JVM must have been
 * started with {@code --add-opens} for {@code java.base/java.lang} and {@code java.base/java.util} and with native access enabled.
 */
final class Variables {
    private Variables() {}

    static void replace(Map<String, String> environment) throws Throwable {
        Map<String, String> variables = opened(System.getenv());
        new ArrayList<>(variables.keySet()).forEach(variables::remove);
        variables.putAll(environment);
        replaceNative(environment);
    }

    private static void replaceNative(Map<String, String> environment) throws Throwable {
        MethodHandle clear = function("clearenv", FunctionDescriptor.of(ValueLayout.JAVA_INT));
        MethodHandle set = function(
                "setenv",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        int failures = (int) clear.invokeExact();
        try (Arena arena = Arena.ofConfined()) {
            for (Map.Entry<String, String> variable : environment.entrySet()) {
                failures += (int) set.invokeExact(
                        arena.allocateFrom(variable.getKey()), arena.allocateFrom(variable.getValue()), 1);
            }
        }
        if (failures != 0) {
            throw new IllegalStateException("Cannot set the environment of this process");
        }
    }

    @SuppressWarnings("restricted") // clearenv and setenv are what this class is for.
    private static MethodHandle function(String name, FunctionDescriptor signature) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), signature);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> opened(Map<String, String> unmodifiable) throws ReflectiveOperationException {
        Field wrapped = unmodifiable.getClass().getDeclaredField("m");
        wrapped.setAccessible(true);
        return (Map<String, String>) wrapped.get(unmodifiable);
    }
}
