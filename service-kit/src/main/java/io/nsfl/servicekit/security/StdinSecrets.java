package io.nsfl.servicekit.security;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * The secrets that a launcher hands its child, on standard input or, in a pod, in a file: one JSON object of strings. Read once, in a
 * {@code main} and before anything else; never printed.
 */
public final class StdinSecrets {
    /** Environment variable that says where secrets come from: {@link #FROM_STDIN}, or {@link #FROM_FILE} and a path. */
    public static final String VARIABLE = "NSFL_SECRETS";

    public static final String FROM_STDIN = "stdin";
    public static final String FROM_FILE = "file:";
    public static final String INTERNAL_SECRET = "internal_secret";
    public static final String CREDENTIAL = "credential";

    private static final int LIMIT = 64 * 1024;

    private final Map<String, String> secrets;

    private StdinSecrets(Map<String, String> secrets) {
        this.secrets = secrets;
    }

    /**
     * Reads them if the environment says so, else there are none.
     *
     * @throws FaultException CONFIGURATION_INVALID if what is there is not one JSON object of strings of at most 64 KiB
     */
    public static StdinSecrets read(InputStream stdin, Map<String, String> environment) {
        Optional<Path> named = file(environment);
        if (named.isPresent()) {
            try (InputStream file = Files.newInputStream(named.get())) {
                return read(file);
            } catch (IOException unreadable) {
                throw refused(unreadable);
            }
        }
        return FROM_STDIN.equals(environment.getOrDefault(VARIABLE, "")) ? read(stdin) : new StdinSecrets(Map.of());
    }

    /** The file that holds them, if it is one. */
    public static Optional<Path> file(Map<String, String> environment) {
        String source = environment.getOrDefault(VARIABLE, "");
        return source.startsWith(FROM_FILE)
                ? Optional.of(Path.of(source.substring(FROM_FILE.length())))
                : Optional.empty();
    }

    private static StdinSecrets read(InputStream input) {
        Map<String, String> found = new TreeMap<>();
        try {
            byte[] json = input.readNBytes(LIMIT + 1);
            if (json.length > LIMIT) {
                throw refused(null);
            }
            ObjectNode object = JobJson.object(json);
            object.forEachEntry((name, value) -> {
                if (!value.isString()) {
                    throw refused(null);
                }
                found.put(name, value.stringValue());
            });
        } catch (IOException unreadable) {
            throw refused(unreadable);
        } catch (FaultException malformed) {
            // Without its cause: a parser's message may quote the input, which is secret.
            throw refused(null);
        }
        return new StdinSecrets(found);
    }

    /** The launcher's side: what to write to the child's standard input. */
    public static byte[] json(Map<String, String> secrets) {
        return JobJson.bytes(secrets);
    }

    public Optional<String> get(String name) {
        return Optional.ofNullable(secrets.get(name));
    }

    /** @throws FaultException CONFIGURATION_INVALID if it was not given */
    public InternalSecret require(String name) {
        return get(name)
                .map(InternalSecret::of)
                .orElseThrow(() -> new FaultException(
                        Fault.CONFIGURATION_INVALID,
                        "The secret " + name + " is missing: the launcher must set " + VARIABLE + "=" + FROM_STDIN
                                + " and write a JSON object that holds it to standard input."));
    }

    private static FaultException refused(IOException cause) {
        return new FaultException(
                Fault.CONFIGURATION_INVALID,
                "The secrets on standard input, or in the file that " + VARIABLE
                        + " names, cannot be read: one JSON object of strings, at most 64 KiB, is expected.",
                cause);
    }

    @Override
    public String toString() {
        return "StdinSecrets" + secrets.keySet();
    }
}
