package io.nsfl.ctl.credential;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A JWK set: the public parts of the keys that the API server trusts. It reads the file again when it changes. */
public final class TrustedKeys {
    private TrustedKeys() {}

    /** Puts one key more into the file, which is made if absent; the keys in it stay. */
    public static void add(Path file, SigningKey key) {
        try {
            ObjectNode set = Files.exists(file) ? JobJson.object(Files.readAllBytes(file)) : JobJson.newObject();
            if (Files.exists(file) && !(set.get("keys") instanceof ArrayNode)) {
                throw unusable(file, "it is no JWK set", null);
            }
            set.withArray("keys").add(key.open());
            Path whole = file.toAbsolutePath();
            Path partial = Files.createTempFile(
                    whole.getParent(),
                    "nsfl",
                    ".part",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
            Files.writeString(partial, JobJson.pretty(set) + "\n");
            Files.move(partial, whole, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw unusable(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static FaultException unusable(Path file, String why, Exception cause) {
        return new FaultException(
                Fault.CONFIGURATION_INVALID,
                "the file of public keys " + file + " cannot be added to (" + why + "): name another by --public",
                cause);
    }
}
