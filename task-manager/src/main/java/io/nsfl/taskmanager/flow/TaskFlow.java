package io.nsfl.taskmanager.flow;

import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.taskmanager.deliver.Delivery;
import io.nsfl.taskmanager.deliver.Following;
import io.nsfl.taskmanager.fetch.ArtifactCache;
import io.nsfl.taskmanager.fetch.Attempts;
import io.nsfl.taskmanager.fetch.Coordinators;
import io.nsfl.taskmanager.fetch.TaskFetch;
import io.nsfl.taskmanager.launch.Executors;
import io.nsfl.taskmanager.privacy.PrivacyLedger;
import io.nsfl.taskmanager.quota.StorageQuota;
import io.nsfl.taskmanager.state.RunStates;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskFiles;
import io.nsfl.taskmanager.task.TaskRecord;
import io.nsfl.taskmanager.task.TaskResult;
import io.nsfl.taskmanager.task.TaskSteps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a task's way through this client, done by the parts that can. */
public final class TaskFlow implements TaskSteps {
    private static final Logger LOG = LoggerFactory.getLogger(TaskFlow.class);

    private final TaskDesk desk;
    private final TaskFetch fetch;
    private final Executors executors;
    private final Delivery delivery;
    private final Following following;
    private final Attempts attempts;
    private final Housekeeping house;

    /** What has to be kept in order. @param threads for what touches the disk */
    public record Housekeeping(
            TaskFiles files,
            StorageQuota quota,
            ArtifactCache cache,
            RunStates states,
            PrivacyLedger privacy,
            Coordinators coordinators,
            InstantSource clock,
            Executor threads) {}

    public TaskFlow(
            TaskDesk desk,
            TaskFetch fetch,
            Executors executors,
            Delivery delivery,
            Following following,
            Attempts attempts,
            Housekeeping house) {
        this.desk = desk;
        this.fetch = fetch;
        this.executors = executors;
        this.delivery = delivery;
        this.following = following;
        this.attempts = attempts;
        this.house = house;
    }

    @Override
    public void fetch(TaskRecord task) {
        fetch.start(task, desk);
    }

    @Override
    public void run(TaskRecord task) {
        executors.run(task);
    }

    @Override
    public void recover(TaskRecord task) {
        executors.recover(task);
    }

    @Override
    public void mask(TaskRecord task) {
        executors.trained(task);
    }

    @Override
    public void deliver(TaskRecord task) {
        if (task.result().filter(TaskResult::masked).isEmpty()) {
            executors.ended(task.key());
        }
        delivery.start(task, desk);
    }

    @Override
    public void follow(TaskRecord task) {
        following.follow(task, desk);
    }

    @Override
    public void end(TaskRecord task) {
        attempts.cancel(task.key());
        following.end(task.key());
        executors.release(task.key(), task.reason());
        house.cache().release(task.key());
        house.privacy()
                .settle(task.key(), task.result().filter(TaskResult::made).isPresent());
        if (Files.isDirectory(house.files().running(task))) {
            house.threads().execute(() -> {
                putAway(task);
                tidy();
            });
        }
    }

    private void putAway(TaskRecord task) {
        Path finished = house.files().finished(task);
        try {
            Files.move(house.files().running(task), finished, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("The workspace of {} cannot be put away: {}", task.id(), e.getMessage());
        }
    }

    /** Brings disk use within the quota and lets go of files and channels that no task needs. */
    public void tidy() {
        List<TaskRecord> tasks = desk.all().join();
        house.states().tidy();
        executors.tidy(house.clock().instant());
        house.quota()
                .tidy(tasks.stream()
                        .filter(task -> !task.state().over())
                        .map(TaskRecord::id)
                        .collect(Collectors.toSet()));
        Set<String> digests = wanted(tasks);
        if (!house.quota().tight()) {
            digests.addAll(ReusedWeights.of(tasks, house.clock().instant()));
        }
        house.cache().retain(digests);
        house.coordinators()
                .retain(tasks.stream()
                        .filter(task -> !task.state().over())
                        .map(task -> task.assignment().getCoordinatorAddress())
                        .collect(Collectors.toSet()));
    }

    /** What live tasks use, and what the next rounds of the latest jobs will ask for again. */
    private static Set<String> wanted(List<TaskRecord> tasks) {
        Set<String> digests = new HashSet<>();
        for (TaskRecord task : tasks) {
            task.description().ifPresent(description -> {
                for (Artifact artifact : description.getArtifactsList()) {
                    boolean ofTheRun = artifact.getKind() == ArtifactKind.ARTIFACT_KIND_TEMPLATE
                            || artifact.getKind() == ArtifactKind.ARTIFACT_KIND_SCRIPTS;
                    if (ofTheRun || !task.state().over()) {
                        digests.add(
                                HexFormat.of().formatHex(artifact.getSha256().toByteArray()));
                    }
                }
            });
        }
        return digests;
    }
}
