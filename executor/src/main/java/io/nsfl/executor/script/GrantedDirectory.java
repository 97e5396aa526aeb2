package io.nsfl.executor.script;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Puts a directory in the place of a task's workspace, with all that is in it. Rights under Landlock are those of a directory wherever it is
 * moved, and a process that waits for its task has them for one that nobody has used yet.
 *
 * <p>Whatever is interrupted can be undone: what was moved already lies beside the workspace, under a name that follows from it.
 */
public final class GrantedDirectory {
    private GrantedDirectory() {}

    /** @param granted an empty directory on the same file system; gone afterwards, or taken back by {@link #undo} */
    static void takePlaceOf(Path workspace, Path granted) throws IOException {
        undo(workspace);
        Path between = between(workspace);
        Files.move(granted, between);
        moveAll(workspace, between);
        // The system call takes the place of an empty directory in one step.
        Files.move(between, workspace, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Whether another one was begun and interrupted or not: the workspace has all it had. */
    public static void undo(Path workspace) throws IOException {
        Path between = between(workspace);
        if (Files.isDirectory(between)) {
            moveAll(between, workspace);
            Files.delete(between);
        }
    }

    private static Path between(Path workspace) {
        return workspace.resolveSibling(workspace.getFileName() + ".granted");
    }

    private static void moveAll(Path from, Path to) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
            for (Path file : files) {
                Files.move(file, to.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }
}
