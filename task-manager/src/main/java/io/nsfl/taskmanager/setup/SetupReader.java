package io.nsfl.taskmanager.setup;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.LenientJson;
import io.nsfl.protocol.job.Reading;
import io.nsfl.servicekit.tls.TlsFiles;
import io.nsfl.taskmanager.MaskingPolicy;
import io.nsfl.taskmanager.ScriptSandbox;
import io.nsfl.taskmanager.ServerAccess;
import io.nsfl.taskmanager.TaskManagerProperties;
import io.nsfl.taskmanager.fetch.ScriptPolicy;
import io.nsfl.taskmanager.privacy.PrivacyBudget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a client's setup from its command line and the file that {@code --config_file} names; the file wins over flags. Every fault is found
 * at once; unknown keys are warnings.
 */
public final class SetupReader {
    private static final Pattern ADDRESS = Pattern.compile("(?<host>[^\\s:]+|\\[[0-9a-fA-F:]+])[:](?<port>[0-9]{1,5})");
    /** {@code 10.0.0.1.9001}: the last dot can only be meant as a colon. */
    private static final Pattern DOTTED_PORT = Pattern.compile("((?:[0-9]{1,3}\\.){3}[0-9]{1,3})\\.([0-9]{1,5})");

    private static final int LARGEST_CA_FILE = 64 << 10;

    /** Each client sends its own to all others in every session. */
    private static final int LARGEST_CERTIFICATE = 4096;

    private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR");

    private static final double DELTA = 1e-5;

    private final List<Violation> violations = new ArrayList<>();
    private final List<Violation> warnings = new ArrayList<>();

    private SetupReader() {}

    public static Reading<TaskManagerProperties> read(List<String> arguments) {
        return read(arguments, Map.of());
    }

    /** @param environment of which PLATFORM is the platform where nothing else names one */
    public static Reading<TaskManagerProperties> read(List<String> arguments, Map<String, String> environment) {
        return new SetupReader().readAll(arguments, environment);
    }

    private Reading<TaskManagerProperties> readAll(List<String> arguments, Map<String, String> environment) {
        Map<String, String> flags = CommandLine.flags(arguments, violations);
        ObjectNode merged = JobJson.newObject();
        if (environment.containsKey("PLATFORM")) {
            merged.put("platform", environment.get("PLATFORM"));
        }
        flags.forEach(merged::put);
        merged.remove("config_file");
        if (flags.containsKey("config_file")) {
            try {
                merged.setAll(LenientJson.readObject(Path.of(flags.get("config_file"))));
            } catch (FaultException unreadable) {
                violations.add(new Violation("--config_file", flags.get("config_file"), unreadable.getMessage()));
                return new Reading<>(Optional.empty(), violations, warnings);
            }
        }
        Keys keys = new Keys("$", merged, violations);
        TaskManagerProperties properties = properties(keys);
        keys.unread().forEach(name -> warn(name, "is not known and has no effect"));
        return new Reading<>(violations.isEmpty() ? Optional.of(properties) : Optional.empty(), violations, warnings);
    }

    private TaskManagerProperties properties(Keys keys) {
        String host = keys.text("host").orElse("0.0.0.0");
        int port = (int) keys.whole("port", 22000, 1, 65535);
        Keys caps = keys.object("resource");
        TaskManagerProperties read = new TaskManagerProperties(
                address(keys, "server", keys.required("server", "the server's host:port")),
                keys.text("name").orElse(""),
                keys.text("external_address")
                        .map(given -> address(keys, "external_address", given))
                        .orElse(host + ":" + port),
                port,
                platform(keys),
                Path.of(keys.required("lmdb_path", "a directory on a local disk for the task store"))
                        .toAbsolutePath(),
                directory(keys, "workspace"),
                directory(keys, "task_config_entry"),
                datasets(keys),
                keys.whole("storage_quota", 10240, 1, Long.MAX_VALUE >> 20),
                level(keys),
                keys.truth("registration", true),
                labels(keys),
                runtimes(keys),
                pythons(keys),
                (int) keys.whole("max_task_parallelism", -1, -1, 10_000),
                caps.number("cpu", 0),
                (int) caps.whole("gpu", 0, 0, 1024),
                caps.whole("memory", 0, 0, Long.MAX_VALUE >> 20),
                scriptPolicy(keys),
                sandbox(keys),
                Duration.ofSeconds(keys.whole("executor_idle_limit", 300, 1, 86_400)),
                keys.text("installation").map(Path::of).map(Path::toAbsolutePath),
                access(keys),
                masking(keys.object("secure_aggregation")),
                privacyBudget(keys));
        withoutEffect(keys);
        return read;
    }

    private void withoutEffect(Keys keys) {
        for (String name : List.of("username", "password")) {
            keys.text(name)
                    .ifPresent(given -> warn(
                            name,
                            "has no effect: a client is known by the key it makes for itself at its first start"));
        }
    }

    /** {@code ssl} names a directory; {@code certificate} the trusted authorities and, with both keys, what the client shows. */
    private ServerAccess access(Keys keys) {
        Optional<Path> directory = file(keys, "ssl");
        Optional<Path> trusted = file(keys, "certificate");
        Optional<Path> own = file(keys, "public_key");
        Optional<Path> key = file(keys, "private_key");
        Optional<TlsFiles> tls = directory.map(TlsFiles::ofClient);
        if (directory.isEmpty() && (own.isPresent() != key.isPresent() || own.isPresent() && trusted.isEmpty())) {
            keys.wrong("certificate", "goes with both public_key and private_key, or with neither");
        } else if (directory.isEmpty() && trusted.isPresent()) {
            tls = Optional.of(new TlsFiles(own.map(shown -> new TlsFiles.Identity(shown, key.get())), trusted.get()));
        }
        return new ServerAccess(tls, keys.text("server_name").orElse(""), file(keys, "enrolment_token_file"));
    }

    private static Optional<PrivacyBudget> privacyBudget(Keys keys) {
        if (keys.find("privacy_budget").isEmpty()) {
            return Optional.empty();
        }
        Keys budget = keys.object("privacy_budget");
        double epsilon = budget.number("epsilon", -1);
        double delta = budget.number("delta", DELTA);
        if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
            budget.wrong("epsilon", "must be a number above 0: what each dataset may cost in all jobs together");
        }
        if (!(delta > 0 && delta < 1)) {
            budget.wrong("delta", "must be above 0 and below 1");
        }
        return Optional.of(new PrivacyBudget(epsilon, delta, budget.truth("public_evaluation", false)));
    }

    private static MaskingPolicy masking(Keys asked) {
        MaskingPolicy policy = new MaskingPolicy(
                (int) asked.whole(
                        "min_survivors", MaskingPolicy.LEAST_SURVIVORS, MaskingPolicy.LEAST_SURVIVORS, 10_000),
                certificates(asked, "ca_file", LARGEST_CA_FILE),
                certificates(asked, "certificate_file", LARGEST_CERTIFICATE));
        asked.unread().forEach(name -> asked.wrong(name, "is not known: min_survivors, ca_file, certificate_file are"));
        return policy;
    }

    /** The content of a PEM file; empty where none is named. */
    private static String certificates(Keys asked, String name, int largest) {
        Optional<String> given = asked.text(name);
        if (given.isEmpty()) {
            return "";
        }
        try {
            Path file = Path.of(given.get());
            String content = Files.size(file) > largest ? "" : Files.readString(file, StandardCharsets.US_ASCII);
            if (content.contains("-----BEGIN CERTIFICATE-----")) {
                return content;
            }
        } catch (IOException unreadable) {
            // As one that holds something else.
        }
        asked.wrong(
                name, "must be a file of PEM certificates of at most " + largest + " bytes that this user can read");
        return "";
    }

    private Optional<Path> file(Keys keys, String name) {
        Optional<Path> path = keys.text(name).map(Path::of).map(Path::toAbsolutePath);
        if (path.isPresent() && !Files.exists(path.get())) {
            keys.wrong(name, "must exist: name a file, or for ssl a directory, that this client's user may read");
        }
        return path;
    }

    private String address(Keys keys, String name, String given) {
        if (given.isEmpty()) {
            return given;
        }
        Matcher dotted = DOTTED_PORT.matcher(given);
        String repaired = given;
        if (dotted.matches()) {
            repaired = dotted.group(1) + ":" + dotted.group(2);
            warn(name, "is read as " + repaired);
        }
        Matcher parts = ADDRESS.matcher(repaired.replaceFirst("^https?://", ""));
        if (!parts.matches()
                || Integer.parseInt(parts.group("port")) > 65535
                || Integer.parseInt(parts.group("port")) == 0) {
            keys.wrong(name, "must be host:port, for example 10.0.0.1:9001");
            return given;
        }
        return parts.group();
    }

    private String platform(Keys keys) {
        String platform = keys.text("platform").orElse("linux").toLowerCase(Locale.ROOT);
        if (!platform.equals("linux") && !platform.equals("k8s")) {
            keys.wrong("platform", "must be linux or k8s");
        }
        return platform;
    }

    private Path directory(Keys keys, String name) {
        String given = keys.required(name, "an existing directory");
        Path path = Path.of(given).toAbsolutePath();
        if (!given.isEmpty() && !Files.isDirectory(path)) {
            keys.wrong(name, "must be an existing directory; make it with: mkdir -p " + path);
        }
        return path;
    }

    private Optional<Path> datasets(Keys keys) {
        Optional<Path> file = keys.text("datasets").map(Path::of).map(Path::toAbsolutePath);
        if (file.isPresent() && !Files.isRegularFile(file.get())) {
            keys.wrong("datasets", "must be an existing file that maps names to paths");
        }
        return file;
    }

    private String level(Keys keys) {
        String level = keys.text("log_level").orElse("INFO").toUpperCase(Locale.ROOT);
        level = level.equals("WARNING") ? "WARN" : level.equals("CRITICAL") || level.equals("FATAL") ? "ERROR" : level;
        if (!LEVELS.contains(level)) {
            keys.wrong("log_level", "must be one of " + LEVELS);
        }
        return level;
    }

    private static List<String> labels(Keys keys) {
        List<String> labels = new ArrayList<>(keys.list("label"));
        labels.addAll(keys.list("labels"));
        return List.copyOf(labels);
    }

    private Set<Runtime> runtimes(Keys keys) {
        Set<Runtime> runtimes = EnumSet.noneOf(Runtime.class);
        for (String spelling : keys.list("runtime")) {
            Runtime.of(spelling)
                    .ifPresentOrElse(
                            runtimes::add,
                            () -> keys.wrong("runtime", "may name tensorflow, pytorch and dl4j, not " + spelling));
        }
        return runtimes;
    }

    private Map<Runtime, String> pythons(Keys keys) {
        Map<Runtime, String> pythons = new EnumMap<>(Runtime.class);
        Keys named = keys.object("runtimes");
        for (String spelling : named.unread()) {
            Optional<Runtime> runtime = Runtime.of(spelling);
            Keys one = named.object(spelling);
            if (runtime.isEmpty()) {
                named.wrong(spelling, "must be tensorflow, pytorch or dl4j");
            } else {
                one.text("python").ifPresent(python -> pythons.put(runtime.get(), python));
            }
        }
        return pythons;
    }

    /** "none", a list of namespaces, or an object with namespaces and scripts_sha256. */
    private ScriptPolicy scriptPolicy(Keys keys) {
        Optional<JsonNode> given = keys.find("script_policy");
        if (given.isEmpty() || (given.get().isString() && given.get().asString().isBlank())) {
            return ScriptPolicy.ACCEPT_ALL;
        }
        if (given.get().isObject()) {
            Keys policy = keys.object("script_policy");
            Set<String> digests = new TreeSet<>();
            policy.list("scripts_sha256").forEach(digest -> digests.add(digest.toLowerCase(Locale.ROOT)));
            Optional<Set<String>> namespaces = policy.find("namespaces").map(names -> none(policy.list("namespaces")));
            return new ScriptPolicy(namespaces, digests);
        }
        return new ScriptPolicy(Optional.of(none(keys.list("script_policy"))), Set.of());
    }

    private ScriptSandbox sandbox(Keys keys) {
        boolean required =
                keys.text("sandbox").filter("required"::equalsIgnoreCase).isPresent();
        boolean used = required || keys.truth("sandbox", true, "must be true, false or required");
        boolean network = keys.truth("script_network", true);
        if (!used && !network) {
            keys.wrong(
                    "script_network",
                    "needs the sandbox, which alone can keep it: leave sandbox out, or make it required");
        }
        List<Path> writable = new ArrayList<>();
        for (String directory : keys.list("script_writable")) {
            Path path = Path.of(directory).toAbsolutePath();
            if (!Files.isDirectory(path)) {
                keys.wrong("script_writable", "must name existing directories; " + directory + " is none");
            } else if (Stream.of("lmdb_path", "workspace")
                    .flatMap(own -> keys.text(own).stream())
                    .anyMatch(own -> Path.of(own).toAbsolutePath().startsWith(path))) {
                keys.wrong("script_writable", "must not hold the client's own directories, as " + directory + " does");
            } else {
                writable.add(path);
            }
        }
        return new ScriptSandbox(used, required || !network, network, writable);
    }

    private static Set<String> none(List<String> names) {
        return names.equals(List.of("none")) ? Set.of() : new TreeSet<>(names);
    }

    private void warn(String name, String message) {
        warnings.add(new Violation("$." + name, "present", message));
    }

    /** The setup, or every fault of it as one exception. */
    public static TaskManagerProperties orThrow(Reading<TaskManagerProperties> reading) {
        return reading.orThrow(Fault.CONFIGURATION_INVALID, "The task-manager's setup");
    }
}
