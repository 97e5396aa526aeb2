package io.nsfl.coordinator.run;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Packs a job's scripts; the same files give the same bytes. Links are left out: they could lead anywhere. */
final class ScriptsArchive {
    private static final long MAX_BYTES = 256L << 20;
    private static final int MAX_FILES = 10_000;

    private ScriptsArchive() {}

    /** @throws FaultException CONFIGURATION_INVALID no such directory, or too much in it; STORAGE_UNAVAILABLE */
    static Path write(Path directory, Path target) {
        if (!Files.isDirectory(directory)) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID, "The scripts' directory " + directory + " does not exist.");
        }
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(target))) {
            for (Path file : files(directory)) {
                ZipEntry entry = new ZipEntry(directory.relativize(file).toString());
                entry.setTime(0);
                zip.putNextEntry(entry);
                Files.copy(file, zip);
                zip.closeEntry();
            }
        } catch (IOException failed) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "Cannot pack the scripts of " + directory + ": " + failed.getMessage() + ".",
                    failed);
        }
        return target;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            List<Path> files = walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .limit(MAX_FILES + 1)
                    .toList();
            long bytes = 0;
            for (Path file : files) {
                bytes += Files.size(file);
            }
            if (files.size() > MAX_FILES || bytes > MAX_BYTES) {
                throw new FaultException(
                        Fault.CONFIGURATION_INVALID,
                        "The scripts' directory " + directory + " holds more than " + MAX_FILES + " files or "
                                + (MAX_BYTES >> 20) + " MB; data belongs to the clients.");
            }
            return files;
        }
    }
}
