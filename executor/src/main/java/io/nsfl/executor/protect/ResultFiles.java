package io.nsfl.executor.protect;

import io.nsfl.protocol.archive.ArchiveException;
import io.nsfl.protocol.archive.FileArchive;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a script left for the job's extender: {@code result_param.json} and the files of {@code result/}. They travel behind the update in one
 * file, so that both arrive or neither.
 */
public final class ResultFiles {
    /** What a client sends at most. */
    static final FileArchive.Limits LIMITS = new FileArchive.Limits(1_000, 64L << 20);

    private static final String PARAMETERS = "result_param.json";
    private static final String DIRECTORY = "result";

    private ResultFiles() {}

    /** Whether the script left any. */
    public static boolean any(Path workspace) throws IOException {
        return !found(workspace).isEmpty();
    }

    /** @param size bytes at the end of the file that are the zip of the result files; 0 = none */
    public record Appended(UpdateFile file, long size) {}

    /**
     * The update with what the script left behind it.
     *
     * @throws FaultException SCRIPT_FAILED the script left more than may be sent
     */
    public static Appended append(Path workspace, UpdateFile update) throws IOException {
        SortedMap<String, Path> files = found(workspace);
        if (files.isEmpty()) {
            return new Appended(update, 0);
        }
        Path target = workspace.resolve("update_with_result_files");
        try {
            Files.copy(update.path(), target, StandardCopyOption.REPLACE_EXISTING);
            long before = Files.size(target);
            try (OutputStream out =
                    Files.newOutputStream(target, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS)) {
                FileArchive.write(files, out);
            }
            return new Appended(UpdateFile.of(target), Files.size(target) - before);
        } catch (IOException e) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE, "The script's result files cannot be packed: " + e.getMessage(), e);
        }
    }

    private static SortedMap<String, Path> found(Path workspace) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        Path parameters = workspace.resolve(PARAMETERS);
        if (Files.isRegularFile(parameters, LinkOption.NOFOLLOW_LINKS)) {
            files.put(PARAMETERS, parameters);
        }
        Path directory = workspace.resolve(DIRECTORY);
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            try {
                FileArchive.below(directory, LIMITS).forEach((name, file) -> files.put(DIRECTORY + "/" + name, file));
            } catch (ArchiveException tooMuch) {
                throw new FaultException(
                        Fault.SCRIPT_FAILED,
                        "The script's " + DIRECTORY + "/ " + tooMuch.getMessage()
                                + "; that is too much to send to the job's extender.",
                        tooMuch);
            }
        }
        return files;
    }
}
