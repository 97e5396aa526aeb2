package io.nsfl.storage.blob.posix;

import io.nsfl.storage.blob.BlobFaults;
import io.nsfl.storage.blob.BlobPath;
import io.nsfl.storage.blob.Content;
import io.nsfl.storage.blob.Upload;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Uploads in parts: each a file that grows, below the bucket's {@value #DIRECTORY}, on the file system of its target. */
final class PartFiles {
    private static final String DIRECTORY = BlobPath.RESERVED + "upload";
    private static final String SUFFIX = ".part";

    private final Path root;
    private final ConfinedPath confined;

    PartFiles(Path root, ConfinedPath confined) {
        this.root = root;
        this.confined = confined;
    }

    /** A path of the port, for a path below the root. */
    static String path(Path relative) {
        return relative.toString().replace(relative.getFileSystem().getSeparator(), "/");
    }

    Path file(BlobPath path) throws IOException {
        return confined.of(path.sibling(DIRECTORY + "/" + path.key() + SUFFIX));
    }

    long held(BlobPath path) throws IOException {
        Path file = file(path);
        return Files.isRegularFile(file) ? Files.size(file) : 0;
    }

    long append(BlobPath path, long offset, Content content) throws IOException {
        long held = held(path);
        if (offset != held) {
            throw BlobFaults.misplaced(path, offset, held);
        }
        Path file = file(path);
        Files.createDirectories(file.getParent());
        try (FileChannel part = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // At this place and not at the end: two who append at once overwrite each other instead of adding up.
            content.transferTo(Channels.newOutputStream(part.position(offset)));
        } catch (IOException failure) {
            if (content.isBroken()) {
                throw BlobFaults.brokenOff(path, content);
            }
            throw failure;
        }
        return offset + content.bytesRead();
    }

    List<Upload> all(String bucket) throws IOException {
        Path start = root.resolve(bucket).resolve(DIRECTORY);
        List<Upload> found = new ArrayList<>();
        if (Files.isDirectory(start)) {
            Files.walkFileTree(start, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    String name = path(start.relativize(file));
                    if (attributes.isRegularFile() && name.endsWith(SUFFIX)) {
                        found.add(new Upload(
                                bucket + "/" + name.substring(0, name.length() - SUFFIX.length()),
                                attributes.size(),
                                attributes.lastModifiedTime().toInstant()));
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    // Completed or discarded meanwhile.
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        found.sort(Comparator.comparing(Upload::path));
        return found;
    }
}
