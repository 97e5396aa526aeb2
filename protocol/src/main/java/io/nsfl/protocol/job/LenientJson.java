package io.nsfl.protocol.job;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON as people write it: with {@code #} and {@code //} comments and trailing commas; otherwise as strict as {@link JobJson}. */
public final class LenientJson {
    private static final JsonMapper MAPPER = JobJson.mapper(JobJson.boundedFactory()
            .enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA));

    private LenientJson() {}

    /** @throws FaultException CONFIGURATION_INVALID naming the file, and line and column where it is malformed */
    public static ObjectNode readObject(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return readObject(in.readNBytes(JobJson.MAX_DOCUMENT + 1), "File " + file);
        } catch (IOException unreadable) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID, "File " + file + " cannot be read (" + unreadable + ").", unreadable);
        } catch (FaultException malformed) {
            throw new FaultException(Fault.CONFIGURATION_INVALID, malformed.getMessage(), malformed);
        }
    }

    /**
     * @param name what it is, for the message
     * @throws FaultException REQUEST_INVALID with line and column where it is malformed, REQUEST_TOO_LARGE beyond a bound
     */
    public static ObjectNode readObject(byte[] json, String name) {
        return JobJson.object(MAPPER, json, name);
    }
}
