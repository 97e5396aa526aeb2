package io.nsfl.coordinator.round;

import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.TaskRef;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A client's result that passed every check that needs no decision.
 *
 * @param header as received; its digest was verified against the staged bytes
 * @param stageFile safetensors bytes of the update, decoded; empty for evaluations and failed tasks. It belongs to the one who offers: it
 *     must stay readable until the stage returned by {@link RoundDesk#offer} completes, and is deleted by the one who offered then.
 * @param resultFiles zip of what the script left for the job's extender, not looked into; empty = nothing. Lives as long as the stage file
 */
public record StagedResult(TaskRef task, ResultHeader header, Optional<Path> stageFile, Optional<Path> resultFiles) {
    public StagedResult(TaskRef task, ResultHeader header, Optional<Path> stageFile) {
        this(task, header, stageFile, Optional.empty());
    }
}
