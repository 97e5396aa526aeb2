package io.nsfl.coordinator.updates;

import io.nsfl.coordinator.round.WorkId;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The stage files of results on local disk: scratch of one run, never the truth about anything. */
public final class StageArea {
    // No id of a client has this character, so no other client's file has such a name.
    private static final String DECODED = "~decoded";
    private static final String RESULT_FILES = "~result-files.zip";

    private final Path directory;

    /** @param directory of this run alone, on a local disk; made if it is absent */
    public StageArea(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
        } catch (IOException refused) {
            throw unusable(refused);
        }
    }

    Path file(UploadKey key) {
        return directory.resolve(key.fileName());
    }

    /** Where an update that arrives encoded is put when it is decoded. */
    Path decoded(UploadKey key) {
        return directory.resolve(key.fileName() + DECODED);
    }

    /** Where what follows an update is put. */
    Path resultFiles(UploadKey key) {
        return directory.resolve(key.fileName() + RESULT_FILES);
    }

    /** Bytes that are held of a result that did not arrive whole yet. */
    long held(UploadKey key) {
        try {
            return Files.size(file(key));
        } catch (NoSuchFileException none) {
            return 0;
        } catch (IOException refused) {
            throw unusable(refused);
        }
    }

    void delete(UploadKey key) {
        try {
            Files.deleteIfExists(file(key));
            Files.deleteIfExists(decoded(key));
            Files.deleteIfExists(resultFiles(key));
        } catch (IOException refused) {
            throw unusable(refused);
        }
    }

    /** Deletes what interrupted uploads of other works left. */
    void keepOnly(Set<WorkId> works) {
        List<String> prefixes = works.stream().map(UploadKey::prefix).toList();
        try (DirectoryStream<Path> others = Files.newDirectoryStream(
                directory,
                file -> prefixes.stream().noneMatch(file.getFileName().toString()::startsWith))) {
            for (Path other : others) {
                Files.deleteIfExists(other);
            }
        } catch (IOException refused) {
            throw unusable(refused);
        }
    }

    private FaultException unusable(IOException cause) {
        return new FaultException(
                Fault.STORAGE_UNAVAILABLE,
                "The coordinator cannot use its local directory for results, " + directory + ".",
                cause);
    }
}
