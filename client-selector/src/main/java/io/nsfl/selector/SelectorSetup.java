package io.nsfl.selector;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.LenientJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads what an operator gives: flags ({@code --port 50055} or {@code --port=50055}), the setup file that {@code --config_file} names,
 * whose values go before flags, and environment variables. The outcome is the service's properties.
 */
final class SelectorSetup {
    private static final Logger LOG = LoggerFactory.getLogger(SelectorSetup.class);
    private static final Set<String> KEYS = Set.of(
            "host", "port", "log_level", "auth_client", "optimal_select", "ssl", "root_cert", "strategy", "extenders");
    private static final String DEFAULT_PORT = "50055";
    private static final String DEFAULT_LOG_LEVEL = "INFO";

    private final Map<String, Object> properties = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private SelectorSetup() {}

    /**
     * @param arguments of the command line
     * @param environment variables of the process
     * @throws FaultException CONFIGURATION_INVALID naming every problem
     */
    static Map<String, Object> read(List<String> arguments, Map<String, String> environment) {
        return new SelectorSetup().properties(arguments, environment);
    }

    private Map<String, Object> properties(List<String> arguments, Map<String, String> environment) {
        Map<String, String> flags = flags(arguments);
        Map<String, JsonNode> file = new LinkedHashMap<>();
        String configFile = flags.getOrDefault("config_file", flags.getOrDefault("configure_file", ""));
        flags.keySet().removeAll(Set.of("config_file", "configure_file"));
        if (!configFile.isEmpty()) {
            ObjectNode content = LenientJson.readObject(Path.of(configFile));
            content.properties().forEach(entry -> file.put(entry.getKey(), entry.getValue()));
        }
        Map<String, String> values = new LinkedHashMap<>(flags);
        file.forEach((key, value) -> values.put(key, value.isObject() ? value.toString() : value.asString("")));
        values.keySet().stream()
                .filter(key -> !KEYS.contains(key))
                .forEach(key -> LOG.warn("The setting {} is not known to the client-selector and has no effect", key));
        listen(values);
        security(values);
        ranking(values, file.get("strategy"));
        environment(environment);
        if (!problems.isEmpty()) {
            throw new FaultException(Fault.CONFIGURATION_INVALID, String.join(" ", problems));
        }
        return properties;
    }

    private Map<String, String> flags(List<String> arguments) {
        Map<String, String> flags = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.indexOf('=');
            if (!argument.startsWith("--")) {
                problems.add(
                        "The argument " + argument + " is no flag; flags are given as --name value or --name=value.");
            } else if (equals > 0) {
                flags.put(argument.substring(2, equals), argument.substring(equals + 1));
            } else if (i + 1 < arguments.size()) {
                flags.put(argument.substring(2), arguments.get(++i));
            } else {
                problems.add("The flag " + argument + " needs a value.");
            }
        }
        return flags;
    }

    private void listen(Map<String, String> values) {
        String port = values.getOrDefault("port", DEFAULT_PORT).strip();
        if (!port.matches("0|[0-9]{4,5}")
                || !port.equals("0") && (Integer.parseInt(port) < 1024 || Integer.parseInt(port) > 65535)) {
            problems.add("The port is a number from 1024 to 65535 (or 0 for any free one), not " + port + ".");
        }
        properties.put("spring.grpc.server.port", port);
        properties.put("spring.grpc.server.address", values.getOrDefault("host", "0.0.0.0"));
        String level =
                values.getOrDefault("log_level", DEFAULT_LOG_LEVEL).strip().toUpperCase(Locale.ROOT);
        if (!Set.of("TRACE", "DEBUG", "INFO", "WARNING", "WARN", "ERROR", "CRITICAL")
                .contains(level)) {
            problems.add("The log_level is DEBUG, INFO, WARNING or ERROR, not " + level + ".");
            return;
        }
        properties.put(
                "logging.level.io.nsfl", level.equals("WARNING") ? "WARN" : level.equals("CRITICAL") ? "ERROR" : level);
    }

    /** {@code auth_client}: clients need an enrolment token; {@code ssl}: the directory of the TLS files. */
    private void security(Map<String, String> values) {
        if (isTrue(values.getOrDefault("auth_client", "false"))) {
            properties.put("nsfl.selector.enrolment", "token");
        }
        if (!values.getOrDefault("ssl", "").isBlank()) {
            properties.put("nsfl.tls.directory", values.get("ssl").strip());
        }
        if (!values.getOrDefault("extenders", "").isBlank()) {
            LOG.warn("extenders are not run by this version's client-selector and have no effect");
        }
    }

    private void ranking(Map<String, String> values, JsonNode strategy) {
        if (!isTrue(values.getOrDefault("optimal_select", "true"))) {
            List.of("resource", "data", "reliability").forEach(part -> weight(part, 0));
            return;
        }
        if (strategy != null && strategy.isObject()) {
            for (String part : List.of("resource", "data", "reliability")) {
                JsonNode weight = strategy.path(part);
                if (weight.isNumber() && weight.asDouble() >= 0) {
                    weight(part, weight.asDouble());
                } else if (!weight.isMissingNode()) {
                    problems.add("The strategy's weight of " + part + " is a number of 0 or more, not " + weight + ".");
                }
            }
        }
    }

    private void weight(String part, double weight) {
        properties.put("nsfl.selector.strategy." + part, weight);
    }

    private void environment(Map<String, String> environment) {
        seconds(environment, "SINGLE_HEART", "single-heart");
        seconds(environment, "CLUSTER_HEART", "cluster-heart");
        copy(environment, "NSFL_INTERNAL_SECRET_FILE", "nsfl.selector.internal-secret-file");
        String type = environment.getOrDefault("DB_TYPE", "").strip();
        if (type.isEmpty() && !environment.getOrDefault("DB_ADDRESS", "").isBlank()) {
            problems.add("DB_ADDRESS is set but DB_TYPE is not: set DB_TYPE to postgreSQL or mongo.");
        }
        switch (type.toLowerCase(Locale.ROOT)) {
            case "", "memory" -> properties.put("nsfl.selector.database.type", "memory");
            case "postgresql", "postgres" -> database("postgresql", environment);
            case "mongo" -> database("mongo", environment);
            default ->
                problems.add("DB_TYPE is postgreSQL, mongo or memory for the client-selector, not " + type + ".");
        }
    }

    private void database(String type, Map<String, String> environment) {
        properties.put("nsfl.selector.database.type", type);
        if (environment.getOrDefault("DB_ADDRESS", "").isBlank()) {
            problems.add("DB_TYPE is set but DB_ADDRESS is not: set it to the database's host:port.");
        }
        copy(environment, "DB_ADDRESS", "nsfl.selector.database.address");
        copy(environment, "DB_NAME", "nsfl.selector.database.name");
        copy(environment, "DB_USERNAME", "nsfl.selector.database.username");
        copy(environment, "DB_PASSWORD", "nsfl.selector.database.password");
    }

    private void seconds(Map<String, String> environment, String variable, String property) {
        String value = environment.getOrDefault(variable, "").strip();
        if (value.isEmpty()) {
            return;
        }
        if (!value.matches("[1-9][0-9]{0,7}")) {
            problems.add(variable + " is a number of seconds above 0, not " + value + ".");
            return;
        }
        properties.put("nsfl.selector." + property, value + "s");
    }

    private void copy(Map<String, String> environment, String variable, String property) {
        String value = environment.getOrDefault(variable, "");
        if (!value.isBlank()) {
            properties.put(property, value);
        }
    }

    private static boolean isTrue(String value) {
        return value.strip().equalsIgnoreCase("true");
    }
}
