package io.nsfl.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a process under Landlock may still do, as the kernel wants it told: rights by hierarchy of files, which only ever add up on the way
 * down. Knows nothing but the JDK. The numbers are those of linux/landlock.h.
 */
final class Grants {
    static final long EXECUTE = 1;
    static final long WRITE_FILE = 1 << 1;
    static final long READ_FILE = 1 << 2;
    static final long READ_DIRECTORY = 1 << 3;
    static final long REFER = 1 << 13;
    static final long TRUNCATE = 1 << 14;
    /** What the first version of the interface knows. */
    static final long FIRST_VERSION = (1 << 13) - 1;
    /** All that is ever granted or withheld here. */
    static final long ALL = FIRST_VERSION | REFER | TRUNCATE;

    private static final long OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;
    private static final long READING = EXECUTE | READ_FILE;

    private final List<Path> hidden;
    private final List<Grant> grants = new ArrayList<>();

    private Grants(List<Path> hidden) {
        this.hidden = hidden;
    }

    /**
     * Rights of a process that reads everything but what is hidden, and lists all directories: programs look around.
     *
     * @param hidden files and directories; those that are not there hide nothing
     * @param readable what may be read nevertheless, within what is hidden
     * @param writable directories that are its own; one that holds something hidden would open that too and is left out
     */
    static List<Grant> of(List<Path> hidden, List<Path> readable, List<Path> writable) {
        Grants grants = new Grants(real(hidden));
        Path root = Path.of("/");
        grants.add(root, READ_DIRECTORY);
        grants.everythingBeside(root);
        grants.add(Path.of("/dev"), ALL & ~EXECUTE);
        real(readable).stream().filter(grants::holdsNothingHidden).forEach(path -> grants.add(path, READING));
        real(writable).stream().filter(grants::holdsNothingHidden).forEach(path -> grants.add(path, ALL));
        return List.copyOf(grants.grants);
    }

    private boolean holdsNothingHidden(Path path) {
        return hidden.stream().noneMatch(each -> each.startsWith(path));
    }

    /** What lies beside something hidden is granted one by one, for a grant holds for all below. */
    private void everythingBeside(Path path) {
        if (hidden.contains(path)) {
            return;
        }
        if (holdsNothingHidden(path)) {
            add(path, READING);
            return;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
            for (Path child : children) {
                // Where a link leads to is granted, or hidden, at its own place.
                if (!Files.isSymbolicLink(child)) {
                    everythingBeside(child);
                }
            }
        } catch (IOException notListed) {
            // Then nothing in it is granted.
        }
    }

    private void add(Path path, long rights) {
        boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        grants.add(new Grant(path, directory ? rights : rights & OF_FILES));
    }

    private static List<Path> real(List<Path> paths) {
        List<Path> real = new ArrayList<>();
        for (Path path : paths) {
            try {
                real.add(path.toRealPath());
            } catch (IOException absent) {
                // Nothing can be granted or hidden.
            }
        }
        return real;
    }
}
