package io.nsfl.servicekit.lifecycle;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;

/** Shows a service's effective configuration at its start: every component of its properties records, secrets masked. */
public final class ConfigurationReport {
    private static final Pattern SECRET = Pattern.compile(
            "secret|password|passwd|token|credential|private.?key|access.?key", Pattern.CASE_INSENSITIVE);
    private static final String MASK = "******";

    private ConfigurationReport() {}

    /** One line per value: {@code <prefix>.<component> = <value>}, in the order of the components. */
    public static List<String> lines(String prefix, Record properties) {
        List<String> lines = new ArrayList<>();
        collect(prefix, properties, lines);
        return lines;
    }

    /** Logs them under one heading. */
    public static void log(Logger log, String service, String prefix, Record properties) {
        log.info("{} starts with\n  {}", service, String.join("\n  ", lines(prefix, properties)));
    }

    private static void collect(String prefix, Record record, List<String> lines) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            add(prefix + "." + kebab(component.getName()), component.getName(), valueOf(component, record), lines);
        }
    }

    private static void add(String path, String name, Object value, List<String> lines) {
        switch (value) {
            case null -> lines.add(path + " = (none)");
            case Optional<?> optional -> add(path, name, optional.orElse(null), lines);
            case Record nested when !nested.getClass().getName().startsWith("java.") -> collect(path, nested, lines);
            case Map<?, ?> map when map.isEmpty() -> lines.add(path + " = (none)");
            case Map<?, ?> map -> map.forEach((key, item) -> add(path + "." + key, name + "." + key, item, lines));
            case Collection<?> items when items.isEmpty() -> lines.add(path + " = (none)");
            default -> lines.add(path + " = " + (isSecret(name, value) ? MASK : value));
        }
    }

    /** The name of a file that holds a secret is none. */
    private static boolean isSecret(String name, Object value) {
        return !(value instanceof java.nio.file.Path)
                && !name.toLowerCase(Locale.ROOT).endsWith("file")
                && SECRET.matcher(name).find();
    }

    private static Object valueOf(RecordComponent component, Record record) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException unreadable) {
            throw new IllegalStateException("Cannot read " + component + " of " + record.getClass(), unreadable);
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
