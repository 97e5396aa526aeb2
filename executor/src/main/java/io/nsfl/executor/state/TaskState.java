package io.nsfl.executor.state;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.sandbox.Directories;
import io.nsfl.sandbox.PlainFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of a training task's state, by their names without suffix: lower case letters and underscores; safetensors. The task-manager
 * keeps what is left if the round counts the task's update, and forgets it otherwise.
 *
 * @param workspace of the task
 */
public record TaskState(Path workspace) {
    private static final String SUFFIX = ".safetensors";

    /** What the run has kept under this name; empty in the client's first round, and as long as none of its updates was counted. */
    public Optional<Path> kept(String name) {
        return PlainFiles.find(workspace, "state_in/" + name + SUFFIX);
    }

    /** Where to write what is to be kept under this name. What is not written in a round is not kept from the round before. */
    public Path next(String name) {
        try {
            return Files.createDirectories(left()).resolve(name + SUFFIX);
        } catch (IOException e) {
            throw new FaultException(Fault.STORAGE_UNAVAILABLE, left() + " cannot be made: " + e.getMessage(), e);
        }
    }

    /** Removes what an earlier start of the task or its script left; links are not followed. */
    public void clear() throws IOException {
        Directories.delete(left());
    }

    private Path left() {
        return workspace.resolve("state_out");
    }
}
