package io.nsfl.sessions.lease;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Cancel;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.TaskRef;
import java.util.Optional;

/**
 * One client's place in a reservation, with what is still to be sent to it: its part of the outbox.
 *
 * <p>Times are milliseconds since the epoch.
 */
public final class Lease {
    /**
     * A cancel counts as told once a stream has lived through so many sendings of it: the last is 75 s after the first and the
     * count is made 60 s later, when a stream whose other end is gone (three silent beats) has long been given up.
     */
    private static final int CANCEL_TRIES = 5;

    private final Reservation reservation;
    private final String clientId;
    private final String clientName;
    private final String address;
    private final long samples;
    private final Resend resendAssignment = new Resend();
    private final Resend resendCancel = new Resend();

    private LeaseState state = LeaseState.RESERVED;
    private Optional<Work> work = Optional.empty();
    private boolean toSend;
    private boolean held;
    private Optional<PendingCancel> cancel = Optional.empty();
    private FaultDetail reason = FaultDetail.getDefaultInstance();

    /**
     * An assignment whose relative times are made absolute.
     *
     * @param assignment as the coordinator gave it
     * @param deadlineMs when its result is of no use any more
     * @param startMs before which the client should not start fetching
     */
    public record Work(Assignment assignment, long deadlineMs, long startMs) {}

    /**
     * A cancel that the client has not confirmed.
     *
     * @param reason one sentence for the client's log
     * @param untilMs when the client has given the work up by itself
     */
    public record PendingCancel(String reason, long untilMs) {}

    Lease(Reservation reservation, String clientId, String clientName, String address, long samples) {
        this.reservation = reservation;
        this.clientId = clientId;
        this.clientName = clientName;
        this.address = address;
        this.samples = samples;
    }

    public Reservation reservation() {
        return reservation;
    }

    public String clientId() {
        return clientId;
    }

    public String clientName() {
        return clientName;
    }

    public String address() {
        return address;
    }

    public long samples() {
        return samples;
    }

    public LeaseState state() {
        return state;
    }

    /** Why it was refused or lost. */
    public FaultDetail reason() {
        return reason;
    }

    public Optional<Work> work() {
        return work;
    }

    public Optional<PendingCancel> cancel() {
        return cancel;
    }

    /** Whether the assignment waits for the client's answer. */
    public boolean toSend() {
        return toSend;
    }

    /** Whether the client may have the work. */
    public boolean held() {
        return held;
    }

    /** Whether anything is left to happen: the client's place is taken or something is to be sent. */
    public boolean open() {
        return state.live() || toSend || cancel.isPresent();
    }

    /** Moves on if the state allows it and says whether it did; a state that takes no place sends no assignment any more. */
    public boolean become(LeaseState next, FaultDetail why) {
        if (!state.next().contains(next)) {
            return false;
        }
        state = next;
        reason = why;
        if (!next.live()) {
            toSend = false;
        }
        return true;
    }

    public boolean become(LeaseState next) {
        return become(next, FaultDetail.getDefaultInstance());
    }

    /** Puts the assignment in the outbox; one that says nothing new changes nothing. Says whether anything changed. */
    public boolean assign(Work given) {
        if (state == LeaseState.RESERVED) {
            become(LeaseState.ASSIGNED);
        } else if (work.isPresent() && sameDestination(work.get().assignment(), given.assignment())) {
            return false;
        }
        work = Optional.of(given);
        toSend = true;
        held = true;
        resendAssignment.restart();
        return true;
    }

    private static boolean sameDestination(Assignment one, Assignment other) {
        return one.getCoordinatorAddress().equals(other.getCoordinatorAddress())
                && one.getRoute().equals(other.getRoute())
                && one.getEpoch() == other.getEpoch()
                && one.getTask().getToken().equals(other.getTask().getToken());
    }

    /** The client has answered the assignment. */
    public void answered() {
        toSend = false;
    }

    /** Whether its coordinator is through with it: released, or not renewed in time. */
    public boolean ended() {
        return switch (state) {
            case RELEASED -> true;
            case LOST -> reservation.closed() || reason.getCode().equals(Fault.LEASE_UNKNOWN.name());
            case RESERVED, ASSIGNED, ACCEPTED, DELIVERED, REFUSED -> false;
        };
    }

    /** The client says that it has the work, which was not known or no longer believed. */
    public void heldAfterAll() {
        held = true;
    }

    /** The client does not have the work (any more): there is nothing to cancel. */
    public void notHeld() {
        held = false;
        toSend = false;
        cancel = Optional.empty();
    }

    /** The client should have the work but does not: it is sent again. */
    public void sendAgain() {
        if (work.isPresent() && state.live()) {
            toSend = true;
            resendAssignment.restart();
        }
    }

    /** The client is told to stop, if it may have the work. */
    public void cancel(PendingCancel pending) {
        if (held && state != LeaseState.DELIVERED && cancel.isEmpty()) {
            cancel = Optional.of(pending);
            resendCancel.restart();
        }
    }

    /** The cancel was confirmed, or its time has passed. */
    public void cancelDone() {
        cancel = Optional.empty();
        held = false;
    }

    /** A new stream of the client: what is unconfirmed is sent at once. */
    public void streamOpened() {
        resendAssignment.restart();
        resendCancel.restart();
    }

    /** The cancel to send now, if it is time. */
    public Optional<Cancel> cancelDue(long nowMs) {
        return cancel.filter(pending -> resendCancel.due(nowMs))
                .map(pending -> Cancel.newBuilder()
                        .setTask(task())
                        .setReason(pending.reason())
                        .build());
    }

    /** The cancel went out; says whether the client counts as told. */
    public boolean cancelSent(long nowMs) {
        resendCancel.sent(nowMs);
        return resendCancel.tries() > CANCEL_TRIES;
    }

    /** The assignment to send now, if it is time, with its times counted from now. */
    public Optional<Assignment> assignmentDue(long nowMs) {
        return work.filter(given -> toSend && given.deadlineMs() > nowMs && resendAssignment.due(nowMs))
                .map(given -> given.assignment().toBuilder()
                        .setDeadlineMs(given.deadlineMs() - nowMs)
                        .setStartDelayMs(Math.max(0, given.startMs() - nowMs))
                        .build());
    }

    public void assignmentSent(long nowMs) {
        resendAssignment.sent(nowMs);
    }

    /** Names the work; with its token once it is assigned. */
    public TaskRef task() {
        return work.map(given -> given.assignment().getTask()).orElseGet(() -> reservation.task(clientId));
    }

    /** As it was stored. */
    void restore(
            LeaseState stored,
            Optional<Work> storedWork,
            boolean unanswered,
            boolean mayHold,
            Optional<PendingCancel> pending,
            FaultDetail why) {
        state = stored;
        work = storedWork;
        toSend = unanswered;
        held = mayHold;
        cancel = pending;
        reason = why;
    }
}
