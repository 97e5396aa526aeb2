package io.nsfl.ctl.credential;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A new file that its owner alone can read, from its first byte on. */
public final class SecretFile {
    private SecretFile() {}

    /** @throws FaultException CONFIGURATION_INVALID if it is there already or cannot be written */
    public static void create(Path file, String content) {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, content);
        } catch (FileAlreadyExistsException e) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    file + " exists already and may be in use: name another file, or remove it",
                    e);
        } catch (IOException e) {
            throw new FaultException(Fault.CONFIGURATION_INVALID, file + " cannot be written: " + e.getMessage(), e);
        }
    }
}
