package io.nsfl.coordinator.run;

import io.nsfl.protocol.archive.ArchiveException;
import io.nsfl.protocol.archive.FileArchive;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Packs a job's scripts; the same files give the same bytes. */
final class ScriptsArchive {
    private static final FileArchive.Limits LIMITS = new FileArchive.Limits(10_000, 256L << 20);

    private ScriptsArchive() {}

    /** @throws FaultException CONFIGURATION_INVALID no such directory, or too much in it; STORAGE_UNAVAILABLE */
    static Path write(Path directory, Path target) {
        if (!Files.isDirectory(directory)) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID, "The scripts' directory " + directory + " does not exist.");
        }
        try (OutputStream zip = Files.newOutputStream(target)) {
            FileArchive.write(FileArchive.below(directory, LIMITS), zip);
        } catch (ArchiveException tooMuch) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The scripts' directory " + directory + " " + tooMuch.getMessage()
                            + "; data belongs to the clients.",
                    tooMuch);
        } catch (IOException failed) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "Cannot pack the scripts of " + directory + ": " + failed.getMessage() + ".",
                    failed);
        }
        return target;
    }
}
