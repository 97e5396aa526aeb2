package io.nsfl.ctl.config;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.LenientJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The configuration's places. Read: environment variables (NSFL_API_SERVER, NSFL_DATA_SERVER, NSFL_USER, NSFL_PASSWORD,
 * NSFL_TOKEN, NSFL_CERTIFICATE) before the user's file before the machine's file. Written: the file that NSFL_CONFIG names, else the
 * machine's file for whoever may write it, else the user's; readable by its owner only.
 */
public final class ConfigFiles {
    private static final Path MACHINE = Path.of("/etc/nsfl.json");

    private final Map<String, String> environment;
    private final Path machineFile;
    private final Path userFile;

    public ConfigFiles(Map<String, String> environment, Path home) {
        this(environment, MACHINE, home.resolve(".nsfl.json"));
    }

    ConfigFiles(Map<String, String> environment, Path machineFile, Path userFile) {
        this.environment = environment;
        this.machineFile = machineFile;
        this.userFile = userFile;
    }

    /** What holds now. */
    public CtlConfig load() {
        CtlConfig files =
                named().map(ConfigFiles::read).orElseGet(() -> read(userFile).orElse(read(machineFile)));
        return fromEnvironment().orElse(files);
    }

    /** Writes the given values over the file's own; returns the file. */
    public Path save(CtlConfig values) {
        Path file = target();
        CtlConfig merged = values.orElse(read(file));
        ObjectNode content = JobJson.newObject();
        merged.apiServer().ifPresent(value -> content.put("api_server", value));
        merged.dataServer().ifPresent(value -> content.put("data_server", value));
        merged.certificate().ifPresent(value -> content.put("certificate", value));
        merged.user().ifPresent(value -> content.put("user", value));
        merged.password().ifPresent(value -> content.put("password", value));
        merged.token().ifPresent(value -> content.put("token", value));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path partial = Files.createTempFile(
                    file.toAbsolutePath().getParent(),
                    "nsfl",
                    ".part",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(partial, JobJson.pretty(content));
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "the configuration cannot be written to " + file + " (" + e.getMessage()
                            + "): name another file in the environment variable NSFL_CONFIG",
                    e);
        }
        return file;
    }

    private Path target() {
        return named().orElseGet(() -> {
            boolean machine = Files.exists(machineFile, LinkOption.NOFOLLOW_LINKS)
                    ? Files.isWritable(machineFile)
                    : Files.isWritable(machineFile.toAbsolutePath().getParent());
            return machine && !Files.exists(userFile) ? machineFile : userFile;
        });
    }

    private Optional<Path> named() {
        return Optional.ofNullable(environment.get("NSFL_CONFIG"))
                .filter(name -> !name.isBlank())
                .map(Path::of);
    }

    private CtlConfig fromEnvironment() {
        return new CtlConfig(
                variable("NSFL_API_SERVER"),
                variable("NSFL_DATA_SERVER"),
                variable("NSFL_CERTIFICATE"),
                variable("NSFL_USER"),
                variable("NSFL_PASSWORD"),
                variable("NSFL_TOKEN"));
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static CtlConfig read(Path file) {
        if (!Files.isReadable(file)) {
            return CtlConfig.empty();
        }
        ObjectNode content = LenientJson.readObject(file);
        return new CtlConfig(
                text(content, "api_server"),
                text(content, "data_server"),
                text(content, "certificate"),
                text(content, "user"),
                text(content, "password"),
                text(content, "token"));
    }

    private static Optional<String> text(ObjectNode content, String key) {
        JsonNode value = content.get(key);
        return value == null || !value.isString() || value.asString().isBlank()
                ? Optional.empty()
                : Optional.of(value.asString());
    }
}
