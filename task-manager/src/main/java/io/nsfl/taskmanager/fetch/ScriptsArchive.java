package io.nsfl.taskmanager.fetch;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/** Unpacks the scripts that a server sent: only plain files below the target, and no more than a bound. */
final class ScriptsArchive {
    static final int MAX_ENTRIES = 10_000;

    private ScriptsArchive() {}

    /** @throws FaultException TASK_CONFIG_INVALID for an archive that is damaged, too large or points outside */
    static void extract(Path archive, Path target, long maxBytes) throws IOException {
        Path root = Files.createDirectories(target).toRealPath();
        byte[] buffer = new byte[64 << 10];
        long left = maxBytes;
        int entries = 0;
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries++;
                if (entries > MAX_ENTRIES) {
                    throw refused("has more than " + MAX_ENTRIES + " entries");
                }
                Path path = confined(root, entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else {
                    Files.createDirectories(path.getParent());
                    left -= copy(zip, path, left, buffer);
                }
            }
        } catch (ZipException damaged) {
            throw refused("is damaged (" + damaged.getMessage() + ")");
        }
    }

    private static Path confined(Path root, String name) {
        Path path = name.indexOf('\0') >= 0 || name.indexOf('\\') >= 0
                ? root
                : root.resolve(name).normalize();
        if (!path.startsWith(root) || path.equals(root)) {
            throw refused("holds an entry outside its directory");
        }
        return path;
    }

    private static long copy(InputStream from, Path to, long left, byte[] buffer) throws IOException {
        long copied = 0;
        try (OutputStream out = Files.newOutputStream(to)) {
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                copied += read;
                if (copied > left) {
                    throw refused("unpacks to more than this client allows");
                }
                out.write(buffer, 0, read);
            }
        }
        return copied;
    }

    private static FaultException refused(String why) {
        return new FaultException(Fault.TASK_CONFIG_INVALID, "The scripts archive from the server " + why + ".");
    }
}
