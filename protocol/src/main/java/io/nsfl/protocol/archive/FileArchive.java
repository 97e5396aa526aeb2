package io.nsfl.protocol.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Packs plain files into a zip, and unpacks one that somebody else made. The same files give the same bytes. Links are left out: they could
 * lead anywhere.
 */
public final class FileArchive {
    private FileArchive() {}

    /** @param files most of them @param bytes most of all together, unpacked */
    public record Limits(int files, long bytes) {}

    /**
     * The plain files below a directory, by their names relative to it.
     *
     * @throws ArchiveException there are more than the limits allow
     */
    public static SortedMap<String, Path> below(Path directory, Limits limits) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(directory)) {
            files = walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .limit(limits.files() + 1L)
                    .toList();
        }
        SortedMap<String, Path> found = new TreeMap<>();
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
            found.put(directory.relativize(file).toString(), file);
        }
        if (files.size() > limits.files() || bytes > limits.bytes()) {
            throw new ArchiveException(
                    "holds more than " + limits.files() + " files or " + (limits.bytes() >> 20) + " MB");
        }
        return found;
    }

    /** Writes the files under their names. */
    public static void write(SortedMap<String, Path> files, OutputStream target) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(target);
        for (Map.Entry<String, Path> file : files.entrySet()) {
            ZipEntry entry = new ZipEntry(file.getKey());
            entry.setTime(0);
            zip.putNextEntry(entry);
            // It may have become a link since it was found.
            try (InputStream in = Files.newInputStream(file.getValue(), LinkOption.NOFOLLOW_LINKS)) {
                in.transferTo(zip);
            }
            zip.closeEntry();
        }
        zip.finish();
    }

    /**
     * Unpacks plain files below a directory, which is made if it is absent.
     *
     * @throws ArchiveException it is damaged, too large or points outside
     */
    public static void extract(Path archive, Path target, Limits limits) throws IOException {
        Path root = Files.createDirectories(target).toRealPath();
        byte[] buffer = new byte[64 << 10];
        long left = limits.bytes();
        int entries = 0;
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries++;
                if (entries > limits.files()) {
                    throw new ArchiveException("has more than " + limits.files() + " entries");
                }
                Path path = confined(root, entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else {
                    Files.createDirectories(path.getParent());
                    left -= copy(zip, path, left, buffer);
                }
            }
        } catch (ZipException | IllegalArgumentException damaged) {
            throw new ArchiveException("is damaged (" + damaged.getMessage() + ")");
        }
    }

    private static Path confined(Path root, String name) throws ArchiveException {
        Path path = name.indexOf('\0') >= 0 || name.indexOf('\\') >= 0
                ? root
                : root.resolve(name).normalize();
        if (!path.startsWith(root) || path.equals(root)) {
            throw new ArchiveException("holds an entry outside its directory");
        }
        return path;
    }

    private static long copy(InputStream from, Path to, long left, byte[] buffer) throws IOException {
        long copied = 0;
        try (OutputStream out = Files.newOutputStream(to)) {
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                copied += read;
                if (copied > left) {
                    throw new ArchiveException("unpacks to more than is allowed");
                }
                out.write(buffer, 0, read);
            }
        }
        return copied;
    }
}
