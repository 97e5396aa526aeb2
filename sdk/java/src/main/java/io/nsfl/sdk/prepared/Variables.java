package io.nsfl.sdk.prepared;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Map;

/**
 * The environment of this very process as Java code and its child processes see it.
 *
 * <p>Java has no way to change it: {@link System#getenv} is a copy made once. A prepared JVM is started before its task is known, so
 * that copy is opened by reflection and rewritten; the JVM must have been started with {@code --add-opens} for
 * {@code java.base/java.lang} and {@code java.base/java.util}. Native code's getenv still sees what the JVM was started with.
 */
final class Variables {
    private Variables() {}

    static void replace(Map<String, String> environment) throws ReflectiveOperationException {
        Map<String, String> variables = opened(System.getenv());
        new ArrayList<>(variables.keySet()).forEach(variables::remove);
        variables.putAll(environment);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> opened(Map<String, String> unmodifiable) throws ReflectiveOperationException {
        Field wrapped = unmodifiable.getClass().getDeclaredField("m");
        wrapped.setAccessible(true);
        return (Map<String, String>) wrapped.get(unmodifiable);
    }
}
