package io.nsfl.taskmanager.task;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Where the task store may lie: FUSE and network file systems break the promises that LMDB's locks and maps build on. The deployment guide
 * puts it beside the workspace on the shared mount all the same, so a path of that kind is moved to this node; any other one is refused.
 *
 * @param directory to open the store in
 * @param moved whether it is another one than was asked for
 */
public record StorePlace(Path directory, boolean moved) {
    private static final List<String> NOT_LOCAL = List.of("fuse", "nfs", "cifs", "smb", "9p", "ceph", "glusterfs");
    /** The names that the guide and its templates give it. */
    private static final Set<String> DEFAULT_NAMES = Set.of("lmdb", "fl_lmdb");

    /** Tells the type of the file system below a directory that exists, for example {@code ext4}. */
    @FunctionalInterface
    public interface FileSystemType {
        String of(Path directory) throws IOException;
    }

    /**
     * @param asked as the setup has it
     * @param workspace of the client: the guide's default path lies beside it
     * @param onThisNode where the store goes instead
     * @throws FaultException STORAGE_UNSUITABLE when it lies on such a file system and not at the guide's default path;
     *     CONFIGURATION_INVALID when that cannot be found out
     */
    public static StorePlace choose(Path asked, Path workspace, Path onThisNode, FileSystemType types) {
        String type = type(asked, types);
        if (NOT_LOCAL.stream().noneMatch(type::startsWith)) {
            return new StorePlace(asked, false);
        }
        boolean guides = DEFAULT_NAMES.contains(asked.getFileName().toString())
                && asked.getParent().equals(workspace.getParent());
        if (!guides) {
            throw new FaultException(
                    Fault.STORAGE_UNSUITABLE,
                    "lmdb_path " + asked + " lies on a " + type
                            + " file system, where the task store would be damaged; "
                            + "give a directory on a disk of this machine.");
        }
        return new StorePlace(onThisNode, true);
    }

    private static String type(Path asked, FileSystemType types) {
        Path present = asked;
        while (!Files.isDirectory(present) && present.getParent() != null) {
            present = present.getParent();
        }
        try {
            return types.of(present).toLowerCase(Locale.ROOT);
        } catch (IOException e) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "lmdb_path " + asked + " cannot be used (" + e.getMessage()
                            + "); give a directory this user can write.",
                    e);
        }
    }
}
