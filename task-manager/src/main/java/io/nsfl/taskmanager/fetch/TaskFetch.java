package io.nsfl.taskmanager.fetch;

import io.grpc.Channel;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.privacy.PrivacyLedger;
import io.nsfl.taskmanager.state.RunStates;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskFiles;
import io.nsfl.taskmanager.task.TaskRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Gets a task from its coordinator: what it is, its files, and a workspace made of them. */
public final class TaskFetch {
    private static final long DESCRIBE_SECONDS = 30;

    private final Coordinators coordinators;
    private final ArtifactCache cache;
    private final WorkspaceBuild build;
    private final TaskFiles files;
    private final RunStates states;
    private final ScriptPolicy policy;
    private final PrivacyLedger privacy;
    private final Attempts attempts;

    public TaskFetch(
            Coordinators coordinators,
            ArtifactCache cache,
            WorkspaceBuild build,
            TaskFiles files,
            RunStates states,
            ScriptPolicy policy,
            PrivacyLedger privacy,
            Attempts attempts) {
        this.coordinators = coordinators;
        this.cache = cache;
        this.build = build;
        this.files = files;
        this.states = states;
        this.policy = policy;
        this.privacy = privacy;
        this.attempts = attempts;
    }

    /** Tries until it is done, refused or cancelled; the desk learns which. */
    public void start(TaskRecord task, TaskDesk desk) {
        TaskKey key = task.key();
        attempts.start(key, () -> desk.fetched(key, fetch(task)), failure -> {
            if (Attempts.stale(failure)) {
                desk.drop(key, failure.getMessage());
            } else {
                desk.failed(key, failure.fault(), failure.getMessage());
            }
        });
    }

    private TaskDescription fetch(TaskRecord task) throws IOException, InterruptedException {
        Channel coordinator = coordinators.of(task.assignment());
        TaskDescription description = TaskServiceGrpc.newBlockingStub(coordinator)
                .withDeadlineAfter(DESCRIBE_SECONDS, TimeUnit.SECONDS)
                .describeTask(task.ref());
        requireAccepted(task, description);
        cache.requireRoom(description.getArtifactsList());
        privacy.reserve(task.key(), description);
        Map<Artifact, Path> held = new LinkedHashMap<>();
        for (Artifact artifact : description.getArtifactsList()) {
            held.put(artifact, cache.obtain(artifact, task.ref(), coordinator));
        }
        states.settle(
                task.ref(),
                description.hasLastIncluded() ? Optional.of(description.getLastIncluded()) : Optional.empty());
        Path workspace = files.running(task);
        build.build(workspace, description, held, states.kept(task.ref(), RunStates.LOCAL_LAYERS));
        if (task.ref().getKind() == TaskKind.TASK_KIND_TRAIN) {
            states.provide(task.ref(), workspace);
        }
        return description;
    }

    /** Every archive: whatever is unpacked beside an accepted one can take the place of its modules. */
    private void requireAccepted(TaskRecord task, TaskDescription description) {
        if (!description.getTaskEntry().isEmpty()) {
            return;
        }
        for (Artifact scripts : WorkspaceBuild.scripts(description)) {
            String digest = HexFormat.of().formatHex(scripts.getSha256().toByteArray());
            policy.refuses(task.ref().getNamespace(), digest).ifPresent(reason -> {
                throw new FaultException(Fault.FORBIDDEN, reason);
            });
        }
    }
}
