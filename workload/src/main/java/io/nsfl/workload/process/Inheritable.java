package io.nsfl.workload.process;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The variables of a service's own environment that say how the machine is set up and are handed down; everything else stays. */
public final class Inheritable {
    private static final Set<String> NAMES = Set.of(
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "SHELL",
            "LANG",
            "LANGUAGE",
            "TZ",
            "TMPDIR",
            "LD_LIBRARY_PATH",
            "JAVA_HOME");

    private Inheritable() {}

    public static Map<String, String> of(Map<String, String> environment) {
        Map<String, String> kept = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (NAMES.contains(name) || name.startsWith("LC_")) {
                kept.put(name, value);
            }
        });
        return kept;
    }
}
