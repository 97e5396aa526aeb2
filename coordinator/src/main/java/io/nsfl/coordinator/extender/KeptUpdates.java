package io.nsfl.coordinator.extender;

import io.nsfl.protocol.archive.ArchiveException;
import io.nsfl.protocol.archive.FileArchive;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The updates of the round being played, kept on local disk until the extender has seen them: what an {@code aggregate} costs beside plain
 * averaging is disk, not memory. One thread at a time.
 */
final class KeptUpdates {
    private static final FileArchive.Limits RESULT_FILES = new FileArchive.Limits(1_000, 64L << 20);

    private final Path directory;
    private final SortedMap<String, Kept> kept = new TreeMap<>();
    private int next;

    KeptUpdates(Path directory) {
        this.directory = directory;
    }

    /**
     * One update.
     *
     * @param weights safetensors
     * @param files directory of what the script left with put_file
     * @param params what it left with put_parameter, as a file; empty = nothing
     */
    record Kept(Path weights, Path files, Optional<Path> params, Map<String, Double> metrics) {}

    /**
     * Keeps an update.
     *
     * @param weights may be deleted afterwards
     * @param archive what the script left, as the client sent it; empty = nothing
     * @throws FaultException UPDATE_MALFORMED the archive is not one
     */
    void keep(String client, Path weights, Optional<Path> archive, Map<String, Double> metrics) {
        // By number: an id of a client is no name of a directory.
        Path place = directory.resolve(Integer.toString(next++));
        try {
            Path files = Files.createDirectories(place.resolve("result"));
            if (archive.isPresent()) {
                FileArchive.extract(archive.get(), place, RESULT_FILES);
            }
            Path params = place.resolve("result_param.json");
            Path copy = place.resolve("weights.safetensors");
            link(weights, copy);
            kept.put(
                    client,
                    new Kept(
                            copy,
                            files,
                            Files.isRegularFile(params, LinkOption.NOFOLLOW_LINKS)
                                    ? Optional.of(params)
                                    : Optional.empty(),
                            Map.copyOf(metrics)));
        } catch (ArchiveException refused) {
            ExtenderProcesses.forget(place);
            throw new FaultException(
                    Fault.UPDATE_MALFORMED,
                    "The archive of the script's result files " + refused.getMessage() + ".",
                    refused);
        } catch (IOException failed) {
            throw ExtenderProcesses.unusable(place, failed);
        }
    }

    /** By client id, in order: the same updates in the same order whatever came first. */
    SortedMap<String, Kept> all() {
        return kept;
    }

    /** A new round, or another attempt. */
    void clear() {
        kept.clear();
        ExtenderProcesses.forget(directory);
    }

    private static void link(Path from, Path to) throws IOException {
        Files.deleteIfExists(to);
        try {
            Files.createLink(to, from);
        } catch (UnsupportedOperationException | IOException noLinks) {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
