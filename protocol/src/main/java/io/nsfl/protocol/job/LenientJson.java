package io.nsfl.protocol.job;

import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/** JSON as people write it: with {@code #} and {@code //} comments and trailing commas; otherwise as strict as {@link JobJson}. */
public final class LenientJson {
    private LenientJson() {}

    /** @throws io.nsfl.protocol.fault.FaultException CONFIGURATION_INVALID naming the file, line and column */
    public static ObjectNode readObject(Path file) {
        throw new UnsupportedOperationException();
    }

    /** @param name what it is, for the message @throws io.nsfl.protocol.fault.FaultException REQUEST_INVALID with line and column */
    public static ObjectNode readObject(byte[] json, String name) {
        throw new UnsupportedOperationException();
    }
}
