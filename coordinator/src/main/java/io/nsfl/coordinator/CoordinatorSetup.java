package io.nsfl.coordinator;

import io.nsfl.coordinator.extender.ExtenderSettings;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.JobConfigReader;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.LenientJson;
import io.nsfl.protocol.job.Reading;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads what a coordinator is given: flags ({@code --port 50051} or {@code --port=50051}), the file that {@code --config_file} names, whose
 * values go before flags, and environment variables. Every problem is found, not only the first.
 */
final class CoordinatorSetup {
    private static final String CONFIG_FILE = "config_file";
    private static final Set<String> FLAGS = Set.of(
            "job_name",
            "description",
            "output",
            "host",
            "port",
            "clients",
            "task_entry",
            "model_path",
            "runtime",
            "log_level",
            "ssl",
            CONFIG_FILE);

    private final Map<String, String> environment;
    private final Consumer<String> warnings;
    private final List<Violation> violations = new ArrayList<>();

    private CoordinatorSetup(Map<String, String> environment, Consumer<String> warnings) {
        this.environment = environment;
        this.warnings = warnings;
    }

    /**
     * @param warnings takes what was accepted but is probably not meant
     * @throws FaultException CONFIGURATION_INVALID with every problem
     */
    static CoordinatorProperties read(
            List<String> arguments, Map<String, String> environment, Consumer<String> warnings) {
        return new CoordinatorSetup(environment, warnings).properties(arguments);
    }

    private CoordinatorProperties properties(List<String> arguments) {
        Map<String, String> flags = flags(arguments);
        Optional<Path> file = Optional.ofNullable(flags.remove(CONFIG_FILE)).map(Path::of);
        ObjectNode config = file.map(LenientJson::readObject).orElseGet(JobJson::newObject);
        flags.forEach((name, value) -> {
            if (!config.has(name)) {
                config.put(name, value);
            }
        });
        if (!config.has("job_name") && !config.has("id")) {
            config.put("job_name", "default");
        }
        Reading<JobConfig> reading = JobConfigReader.forCoordinator(config);
        reading.warnings().forEach(warning -> warnings.accept(warning.toString()));
        violations.addAll(reading.violations());
        String host = host(config.path("host").asString("0.0.0.0"));
        long epoch = number("epoch", config.path("epoch"), 1);
        Duration period = Duration.ofSeconds(count("REPORT_PERIOD", 10, "seconds"));
        if (config.hasNonNull("ssl") && !config.path("ssl").asString("").isEmpty()) {
            warnings.accept("$.ssl: this coordinator speaks without TLS; the certificates are not used");
        }
        ExtenderSettings extender = extender();
        refuseViolations();
        JobConfig job = reading.value().orElseThrow();
        Optional<String> selector = filled("SELECTOR_ADDRESS");
        Path output = Path.of(job.output().isEmpty() ? "." : job.output());
        Path journals = selector.isEmpty() || file.isEmpty()
                ? output.resolve("fl_" + job.key().id() + "_journal")
                : file.get().toAbsolutePath().getParent().resolve("journal");
        return new CoordinatorProperties(
                job,
                Optional.ofNullable(config.path("run").asString(null)).filter(run -> !run.isEmpty()),
                epoch,
                filled("NSFL_BIND").orElse(host),
                Boolean.parseBoolean(environment.getOrDefault("NSFL_EPHEMERAL_PORT", "false")) ? 0 : job.port(),
                filled("JOB_SCHEDULER_ADDRESS"),
                selector,
                period,
                selector.isEmpty() ? output : Path.of(environment.getOrDefault("COORDINATOR_WORKSPACE_PATH", "/fl")),
                environment.getOrDefault("CKPT_ROOT_PATH", "checkpoints"),
                journals,
                home().resolve("keys"),
                Boolean.parseBoolean(environment.getOrDefault("NSFL_VIA_PROXY", "false")),
                config.path("log_level").asString("INFO"),
                extender);
    }

    private Map<String, String> flags(List<String> arguments) {
        Map<String, String> flags = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.indexOf('=');
            String name = argument.replaceFirst("^-{1,2}", "").replaceFirst("=.*$", "");
            if (!argument.startsWith("--") || !FLAGS.contains(name)) {
                violations.add(new Violation(argument, argument, "is no flag of the coordinator"));
                boolean hasValue = equals < 0
                        && i + 1 < arguments.size()
                        && !arguments.get(i + 1).startsWith("--");
                i += argument.startsWith("--") && hasValue ? 1 : 0;
            } else if (equals > 0) {
                flags.put(name, argument.substring(equals + 1));
            } else if (i + 1 < arguments.size()) {
                flags.put(name, arguments.get(++i));
            } else {
                violations.add(new Violation(argument, "nothing", "needs a value"));
            }
        }
        return flags;
    }

    private String host(String given) {
        String host = given.equals("localhost") ? "127.0.0.1" : given;
        if (!host.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
            violations.add(new Violation("$.host", given, "must be an IPv4 address such as 0.0.0.0"));
        }
        return host;
    }

    private long number(String name, JsonNode given, long absent) {
        if (given.isMissingNode() || given.isNull()) {
            return absent;
        }
        if (!given.isIntegralNumber() || given.asLong() < 1) {
            violations.add(new Violation("$." + name, given.toString(), "must be a whole number of at least 1"));
            return absent;
        }
        return given.asLong();
    }

    private ExtenderSettings extender() {
        ExtenderSettings absent = ExtenderSettings.DEFAULTS;
        return new ExtenderSettings(
                filled("EXTENDER_PYTHON").orElse(absent.python()),
                Duration.ofSeconds(count("EXTENDER_TIMEOUT_S", absent.timeout().toSeconds(), "seconds")),
                count("EXTENDER_MEMORY_MB", absent.memoryMb(), "MB"));
    }

    private long count(String name, long absent, String unit) {
        String given = environment.getOrDefault(name, "");
        if (given.isEmpty()) {
            return absent;
        }
        if (!given.matches("[1-9][0-9]{0,5}")) {
            violations.add(new Violation(name, given, "must be a whole number of " + unit + ", at least 1"));
            return absent;
        }
        return Long.parseLong(given);
    }

    private Optional<String> filled(String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private Path home() {
        return filled("NSFL_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(environment.getOrDefault("HOME", "."), ".nsfl"));
    }

    private void refuseViolations() {
        if (!violations.isEmpty()) {
            StringBuilder text = new StringBuilder("The coordinator's configuration is refused:");
            violations.forEach(violation -> text.append(' ').append(violation).append('.'));
            throw new FaultException(Fault.CONFIGURATION_INVALID, text.toString(), violations);
        }
    }
}
