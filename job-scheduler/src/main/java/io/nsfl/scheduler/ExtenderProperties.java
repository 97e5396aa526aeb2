package io.nsfl.scheduler;

import io.nsfl.servicekit.lifecycle.ConfigurationProblems;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What coordinators give the processes of their jobs' extenders.
 *
 * @param python the interpreter of extenders in Python; numpy in it is needed by those that look at weights
 * @param timeoutS seconds of one call of an extender
 * @param memoryMb MB that one process of an extender may have
 */
@ConfigurationProperties(prefix = "nsfl.extender", ignoreUnknownFields = false)
record ExtenderProperties(
        @DefaultValue("python3") String python,
        @DefaultValue("300") int timeoutS,
        @DefaultValue("4096") int memoryMb) {
    ExtenderProperties {
        ConfigurationProblems problems = new ConfigurationProblems("job-scheduler");
        problems.unless(timeoutS > 0, "EXTENDER_TIMEOUT_S", Integer.toString(timeoutS), "at least 1 is needed");
        problems.unless(memoryMb > 0, "EXTENDER_MEMORY_MB", Integer.toString(memoryMb), "at least 1 is needed");
        problems.raise();
    }

    /** For a coordinator. */
    Map<String, String> asEnvironment() {
        return Map.of(
                "EXTENDER_PYTHON", python,
                "EXTENDER_TIMEOUT_S", Integer.toString(timeoutS),
                "EXTENDER_MEMORY_MB", Integer.toString(memoryMb));
    }
}
