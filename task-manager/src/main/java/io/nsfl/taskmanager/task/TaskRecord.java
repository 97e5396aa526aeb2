package io.nsfl.taskmanager.task;

import com.google.protobuf.InvalidProtocolBufferException;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskPhase;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskStatus;
import io.nsfl.taskmanager.ids.TaskKey;
import java.time.Instant;
import java.util.Optional;

/**
 * Everything that is known about a task; immutable, and what the store keeps.
 *
 * @param id names its workspace: {@code <train|evaluate>-<job>-<port>-<round>-<YYYYmmddHHMMSS>}
 * @param assignment as it was last received
 * @param resources reserved for it: what was asked for within this client's own caps
 * @param description once it is fetched
 * @param kills how often a signal from outside ended its script or its executor
 * @param result once there is one
 * @param reason why it is over or waits, for people; may be empty
 * @param deadline when its result is of no use any more
 * @param changedAt of its last change of state
 */
public record TaskRecord(
        String id,
        Assignment assignment,
        TaskState state,
        Resources resources,
        Optional<TaskDescription> description,
        int kills,
        Optional<TaskResult> result,
        String reason,
        Instant acceptedAt,
        Instant deadline,
        Instant changedAt) {
    public TaskRef ref() {
        return assignment.getTask();
    }

    public TaskKey key() {
        return TaskKey.of(ref());
    }

    /** What the server is told about it. */
    TaskStatus status() {
        return status(state.phase());
    }

    /** The same in an earlier phase than the present one, which the server may not have heard of. */
    TaskStatus status(TaskPhase phase) {
        TaskStatus.Builder status = TaskStatus.newBuilder()
                .setTask(ref())
                .setPhase(phase)
                .setCoordinatorAddress(assignment.getCoordinatorAddress())
                .setEpoch(assignment.getEpoch());
        if (!reason.isEmpty()) {
            String code = result.map(TaskResult::faultCode).orElse("");
            status.setReason(FaultDetail.newBuilder().setCode(code).setMessage(reason));
        }
        return status.build();
    }

    TaskRecord in(TaskState next, String why, Instant now) {
        return new TaskRecord(
                id, assignment, next, resources, description, kills, result, why, acceptedAt, deadline, now);
    }

    TaskRecord describedBy(TaskDescription known) {
        return new TaskRecord(
                id,
                assignment,
                state,
                resources,
                Optional.of(known),
                kills,
                result,
                reason,
                acceptedAt,
                deadline,
                changedAt);
    }

    /** Without what only a running task needs: many finished ones are remembered. */
    TaskRecord slim() {
        return description
                .map(known -> describedBy(known.toBuilder()
                        .clearTensors()
                        .clearParametersJson()
                        .clearPreparedParamsJson()
                        .build()))
                .orElse(this);
    }

    TaskRecord killedOnceMore() {
        return new TaskRecord(
                id,
                assignment,
                state,
                resources,
                description,
                kills + 1,
                result,
                reason,
                acceptedAt,
                deadline,
                changedAt);
    }

    TaskRecord with(TaskResult outcome) {
        return new TaskRecord(
                id,
                assignment,
                state,
                resources,
                description,
                kills,
                Optional.of(outcome),
                reason,
                acceptedAt,
                deadline,
                changedAt);
    }

    TaskRecord reassigned(Assignment repeated, Instant newDeadline) {
        return new TaskRecord(
                id, repeated, state, resources, description, kills, result, reason, acceptedAt, newDeadline, changedAt);
    }

    /** For the store: the bytes of {@link #of}. */
    StoredTask stored() {
        return new StoredTask(
                id,
                assignment.toByteArray(),
                state,
                resources.toByteArray(),
                description.map(TaskDescription::toByteArray).orElse(null),
                kills,
                result.orElse(null),
                reason,
                acceptedAt.toEpochMilli(),
                deadline.toEpochMilli(),
                changedAt.toEpochMilli());
    }

    static TaskRecord of(StoredTask stored) throws InvalidProtocolBufferException {
        return new TaskRecord(
                stored.id(),
                Assignment.parseFrom(stored.assignment()),
                stored.state(),
                Resources.parseFrom(stored.resources()),
                stored.description() == null
                        ? Optional.empty()
                        : Optional.of(TaskDescription.parseFrom(stored.description())),
                stored.kills(),
                Optional.ofNullable(stored.result()),
                stored.reason(),
                Instant.ofEpochMilli(stored.acceptedAtMs()),
                Instant.ofEpochMilli(stored.deadlineMs()),
                Instant.ofEpochMilli(stored.changedAtMs()));
    }
}
