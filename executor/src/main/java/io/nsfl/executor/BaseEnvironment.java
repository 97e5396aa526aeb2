package io.nsfl.executor;

import java.io.File;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What every script's environment begins with: the few variables that a process needs to live, taken from the executor's own, and
 * nothing else of it.
 */
final class BaseEnvironment {
    private static final Set<String> PASSED_ON = Set.of(
            "PATH",
            "HOME",
            "LANG",
            "TZ",
            "LD_LIBRARY_PATH",
            "OMP_NUM_THREADS",
            "MKL_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "TF_NUM_INTRAOP_THREADS",
            "TF_NUM_INTEROP_THREADS");
    private static final String USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private BaseEnvironment() {}

    /** @param own the executor's environment */
    static Map<String, String> of(Map<String, String> own, ExecutorProperties properties) {
        Map<String, String> base = new LinkedHashMap<>();
        own.forEach((name, value) -> {
            if (PASSED_ON.contains(name) || name.startsWith("LC_")) {
                base.put(name, value);
            }
        });
        base.putIfAbsent("PATH", USUAL_PATH);
        base.putIfAbsent("LANG", "C.UTF-8");
        Path bin = Path.of(properties.python()).getParent();
        if (bin != null) {
            base.merge("PATH", bin.toString(), (path, first) -> first + File.pathSeparator + path);
        }
        proxy(base, "http_proxy", properties.httpProxy());
        proxy(base, "https_proxy", properties.httpsProxy());
        proxy(base, "no_proxy", properties.noProxy());
        return base;
    }

    private static void proxy(Map<String, String> base, String name, String value) {
        if (value != null && !value.isBlank()) {
            base.put(name, value);
        }
    }
}
