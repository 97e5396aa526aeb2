package io.nsfl.protocol.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a task config, with the same leniencies as a job object; all violations at once. */
public final class TaskConfigReader {
    private final Findings findings = new Findings();
    private final JsonFields config;

    private TaskConfigReader(ObjectNode config) {
        this.config = new JsonFields(config, "$", findings);
    }

    public static Reading<TaskConfig> read(ObjectNode config) {
        return new TaskConfigReader(config).read();
    }

    private Reading<TaskConfig> read() {
        config.warnOfMisspelt(Set.of("script_path", "train", "evaluate", "preload"));
        Optional<String> scriptPath = config.filledString("script_path");
        Optional<TaskConfig.Section> train = section("train");
        Optional<TaskConfig.Section> evaluate = section("evaluate");
        if (!config.has("train") && !config.has("evaluate")) {
            config.violation("train", "or evaluate must be given: what to run");
        }
        List<String> preload = preload();
        return findings.reading(() -> new TaskConfig(scriptPath, train, evaluate, preload));
    }

    private Optional<TaskConfig.Section> section(String name) {
        if (config.object(name).isEmpty()) {
            return Optional.empty();
        }
        JsonFields section = config.fields(name);
        section.warnOfMisspelt(Set.of("timeout", "command", "entry", "params"));
        return Optional.of(new TaskConfig.Section(
                timeout(section),
                section.requiredString("command", "the program that runs the script, for example python3")
                        .orElse(""),
                section.requiredString("entry", "the script").orElse(""),
                section.scalars("params")));
    }

    /** Minutes, also part of one. */
    private static Duration timeout(JsonFields section) {
        double minutes = section.decimal("timeout", TaskConfig.Section.DEFAULT_TIMEOUT.toMinutes(), false);
        return Duration.ofMillis(Math.max(1, Math.round(Math.min(minutes, Integer.MAX_VALUE) * 60_000)));
    }

    private List<String> preload() {
        JsonNode given = config.raw("preload");
        if (given == null) {
            return List.of();
        }
        List<String> modules = new ArrayList<>();
        boolean valid = given instanceof ArrayNode;
        for (JsonNode module : given) {
            valid &= module.isString() && module.stringValue().matches("[A-Za-z_][A-Za-z0-9_.]{0,200}");
            modules.add(module.isString() ? module.stringValue() : "");
        }
        if (!valid) {
            config.violation("preload", "must be a list of module names");
        }
        return List.copyOf(modules);
    }
}
