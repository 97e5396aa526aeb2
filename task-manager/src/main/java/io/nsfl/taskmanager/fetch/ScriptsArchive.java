package io.nsfl.taskmanager.fetch;

import io.nsfl.protocol.archive.ArchiveException;
import io.nsfl.protocol.archive.FileArchive;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Path;

/** Unpacks the scripts that a server sent: only plain files below the target, and no more than a bound. */
final class ScriptsArchive {
    static final int MAX_ENTRIES = 10_000;

    private ScriptsArchive() {}

    /** @throws FaultException TASK_CONFIG_INVALID for an archive that is damaged, too large or points outside */
    static void extract(Path archive, Path target, long maxBytes) throws IOException {
        try {
            FileArchive.extract(archive, target, new FileArchive.Limits(MAX_ENTRIES, maxBytes));
        } catch (ArchiveException refused) {
            throw new FaultException(
                    Fault.TASK_CONFIG_INVALID,
                    "The scripts archive from the server " + refused.getMessage() + ".",
                    refused);
        }
    }
}
